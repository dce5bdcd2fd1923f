package dev.meshagent.springboot;

import java.lang.management.ManagementFactory;
import java.util.List;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;

/** What the service answers. */
@RestController
public class Endpoints {
  private final List<Caller> callers;

  public Endpoints(List<Caller> callers) {
    this.callers = callers;
  }

  /** The process that answers, and the host that it was asked as. */
  @GetMapping("/who")
  public String who(@RequestHeader("Host") String host) {
    return ManagementFactory.getRuntimeMXBean().getName() + " as " + host;
  }

  /** What a service answers to a call by that library. */
  @GetMapping("/call/{service}/by/{name}")
  public String call(@PathVariable("service") String service, @PathVariable("name") String name) {
    for (Caller caller : callers) {
      if (caller.name().equals(name)) {
        return caller.who("http://" + service);
      }
    }
    throw new IllegalArgumentException("no caller " + name);
  }
}
