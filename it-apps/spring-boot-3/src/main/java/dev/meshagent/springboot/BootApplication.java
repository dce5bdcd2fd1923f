package dev.meshagent.springboot;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** A service of Spring Boot that knows of no mesh: it calls its own kind by name, and answers. */
@SpringBootApplication
public class BootApplication {
  public static void main(String[] arguments) {
    SpringApplication.run(BootApplication.class, arguments);
  }
}
