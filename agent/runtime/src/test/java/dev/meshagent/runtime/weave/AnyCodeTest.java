package dev.meshagent.runtime.weave;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import dev.meshagent.spi.MethodTarget;
import java.io.File;
import java.io.InputStream;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.HdrHistogram.Histogram;
import org.java_websocket.client.WebSocketClient;
import org.junit.jupiter.api.Test;

/** Weaves whole libraries, every method with everything, and lets the JVM verify the result. */
final class AnyCodeTest {
  private static final List<Hook> EVERY_METHOD =
      Arrays.asList(
          new AnyMethod(TestAdvice.Everything.class, false),
          new AnyMethod(TestAdvice.Everything.class, false),
          new AnyMethod(TestAdvice.Construction.class, true));

  /** Means all constructors or all other methods. */
  private static final class AnyMethod extends Hook {
    private final boolean constructors;

    AnyMethod(Class<?> advice, boolean constructors) {
      super("test", MethodTarget.required("any", "(", advice.getName()));
      this.constructors = constructors;
    }

    @Override
    boolean matches(String name, String descriptor) {
      return !name.equals("<clinit>") && name.equals("<init>") == constructors;
    }
  }

  /** Defines the woven classes of one jar in place of the original ones. */
  private static final class WovenJar extends ClassLoader {
    private final Map<String, byte[]> classes;

    WovenJar(Map<String, byte[]> classes) {
      super(AnyCodeTest.class.getClassLoader());
      this.classes = classes;
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      synchronized (getClassLoadingLock(name)) {
        byte[] classFile = classes.get(name);
        Class<?> loaded = findLoadedClass(name);
        if (classFile == null || loaded != null) {
          return loaded != null ? loaded : super.loadClass(name, resolve);
        }
        return defineClass(name, classFile, 0, classFile.length);
      }
    }
  }

  @Test
  void everyMethodOfALibraryCanBeWoven() throws Exception {
    int woven = verify(JsonFactory.class) + verify(Histogram.class) + verify(WebSocketClient.class);
    assertThat(woven).isGreaterThan(300);
  }

  private static int verify(Class<?> inJar) throws Exception {
    File jar = new File(inJar.getProtectionDomain().getCodeSource().getLocation().toURI());
    Map<String, byte[]> classes = new HashMap<>();
    ClassLoader loader = AnyCodeTest.class.getClassLoader();
    try (JarFile file = new JarFile(jar)) {
      for (JarEntry entry : java.util.Collections.list(file.entries())) {
        String name = entry.getName();
        if (!name.endsWith(".class") || name.startsWith("META-INF") || name.contains("-info")) {
          continue;
        }
        try (InputStream in = file.getInputStream(entry)) {
          byte[] classFile = Bytes.read(in);
          byte[] result =
              WovenClasses.WRITER.write(
                  classFile, new ClassFiles(loader, loader, "", classFile), EVERY_METHOD);
          String className = name.substring(0, name.length() - 6).replace('/', '.');
          classes.put(className, result == null ? classFile : result);
        }
      }
    }
    WovenJar woven = new WovenJar(classes);
    for (String name : classes.keySet()) {
      // Initialising links, and linking verifies.
      Class.forName(name, true, woven);
    }
    return classes.size();
  }
}
