package dev.meshagent.contract.suite;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Handle;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/**
 * Makes of a library the version to come in which a method that is advised has another name: every
 * class that has it or calls it is changed, so that the library works as before.
 *
 * @param name of the method
 * @param descriptor what its descriptor begins with
 */
record Outgrown(String name, String descriptor) {
  private static final String SUFFIX = "OfALaterVersion";

  /**
   * @param method its name and what its descriptor begins with, such as {@code close()}
   */
  static Outgrown of(String method) {
    int descriptor = method.indexOf('(');
    return new Outgrown(method.substring(0, descriptor), method.substring(descriptor));
  }

  /**
   * The class path with the jars that were changed in place of those that they are made of.
   *
   * @param folder empty; where those are written
   * @throws IllegalStateException if no class has the method
   */
  List<Path> jars(List<Path> classPath, Path folder) throws IOException {
    List<Path> changed = new ArrayList<>();
    boolean any = false;
    for (Path jar : classPath) {
      Path copy = folder.resolve(jar.getFileName());
      boolean concerned = copy(jar, copy);
      any |= concerned;
      changed.add(concerned ? copy : jar);
    }
    found(any);
    return changed;
  }

  private boolean copy(Path jar, Path target) throws IOException {
    boolean any = false;
    try (ZipFile library = new ZipFile(jar.toFile());
        ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(target))) {
      for (ZipEntry entry : library.stream().toList()) {
        byte[] bytes;
        try (InputStream in = library.getInputStream(entry)) {
          bytes = in.readAllBytes();
        }
        boolean concerned = entry.getName().endsWith(".class") && mentions(bytes);
        any |= concerned;
        out.putNextEntry(new ZipEntry(entry.getName()));
        out.write(concerned ? renamed(bytes) : bytes);
      }
    }
    return any;
  }

  /**
   * Writes the classes of a module of the JDK that were changed, as {@code --patch-module} takes
   * them.
   *
   * @throws IllegalStateException if no class has the method
   */
  void patch(Path javaHome, String module, Path folder) throws IOException {
    boolean any = false;
    try (FileSystem jdk =
            FileSystems.newFileSystem(
                URI.create("jrt:/"), Map.of("java.home", javaHome.toString()));
        Stream<Path> files = Files.walk(jdk.getPath("modules", module))) {
      Path root = jdk.getPath("modules", module);
      for (Path file : files.filter(path -> path.toString().endsWith(".class")).toList()) {
        byte[] bytes = Files.readAllBytes(file);
        if (mentions(bytes)) {
          any = true;
          Path target = folder.resolve(root.relativize(file).toString());
          Files.createDirectories(target.getParent());
          Files.write(target, renamed(bytes));
        }
      }
    }
    found(any);
  }

  private void found(boolean any) {
    if (!any) {
      throw new IllegalStateException(
          "versions.txt: the library has no method " + name + descriptor + "…; name another");
    }
  }

  private boolean mentions(byte[] classFile) {
    return new String(classFile, StandardCharsets.ISO_8859_1).contains(name);
  }

  private String name(String of, String itsDescriptor) {
    return of.equals(name) && itsDescriptor.startsWith(descriptor) ? of + SUFFIX : of;
  }

  private byte[] renamed(byte[] classFile) {
    ClassReader reader = new ClassReader(classFile);
    ClassWriter writer = new ClassWriter(0);
    reader.accept(
        new ClassVisitor(Opcodes.ASM9, writer) {
          @Override
          public MethodVisitor visitMethod(
              int access, String method, String of, String signature, String[] exceptions) {
            return new Calls(
                super.visitMethod(access, name(method, of), of, signature, exceptions));
          }
        },
        0);
    return writer.toByteArray();
  }

  /** Passes a method on with the calls that it makes. */
  private final class Calls extends MethodVisitor {
    Calls(MethodVisitor next) {
      super(Opcodes.ASM9, next);
    }

    @Override
    public void visitMethodInsn(
        int opcode, String owner, String method, String of, boolean isInterface) {
      super.visitMethodInsn(opcode, owner, name(method, of), of, isInterface);
    }

    @Override
    public void visitInvokeDynamicInsn(
        String method, String of, Handle bootstrap, Object... arguments) {
      Object[] named = arguments.clone();
      for (int i = 0; i < named.length; i++) {
        if (named[i] instanceof Handle handle) {
          named[i] =
              new Handle(
                  handle.getTag(),
                  handle.getOwner(),
                  name(handle.getName(), handle.getDesc()),
                  handle.getDesc(),
                  handle.isInterface());
        }
      }
      super.visitInvokeDynamicInsn(method, of, bootstrap, named);
    }
  }
}
