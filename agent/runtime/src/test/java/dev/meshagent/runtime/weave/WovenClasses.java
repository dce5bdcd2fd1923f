package dev.meshagent.runtime.weave;

import java.util.List;

/** Weaves classes of the tests and defines the result; the JVM verifies it as it would any. */
final class WovenClasses extends ClassLoader {
  static final AdviceWriter WRITER =
      new AdviceWriter(TestDispatch.class.getName().replace('.', '/'));

  WovenClasses() {
    super(WovenClasses.class.getClassLoader());
  }

  static byte[] weave(Class<?> type, List<Hook> hooks) {
    String name = type.getName().replace('.', '/');
    ClassLoader loader = WovenClasses.class.getClassLoader();
    ClassFiles classFiles = new ClassFiles(loader, loader, "", new byte[0]);
    return WRITER.write(classFiles.find(name), classFiles, hooks);
  }

  /** As if the class had been compiled for an older Java, by its class file version. */
  static byte[] weave(Class<?> type, int version, List<Hook> hooks) {
    ClassLoader loader = WovenClasses.class.getClassLoader();
    ClassFiles classFiles = new ClassFiles(loader, loader, "", new byte[0]);
    byte[] classFile = classFiles.find(type.getName().replace('.', '/'));
    classFile[7] = (byte) version;
    return WRITER.write(classFile, classFiles, hooks);
  }

  Class<?> define(String name, byte[] classFile) {
    return defineClass(name, classFile, 0, classFile.length);
  }
}
