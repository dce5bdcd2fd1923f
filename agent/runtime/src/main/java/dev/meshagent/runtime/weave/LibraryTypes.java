package dev.meshagent.runtime.weave;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.FieldVisitor;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/** The members of a library's classes, read from their class files on demand. Not thread-safe. */
final class LibraryTypes {
  private static final Type ABSENT = new Type();

  private final ClassFiles classFiles;
  private final Map<String, Type> types = new HashMap<>();

  LibraryTypes(ClassFiles classFiles) {
    this.classFiles = classFiles;
  }

  /**
   * Whether a reference of the build's list holds: {@code class <owner>}, or {@code
   * [static-]field|method <owner> <name> <descriptor>}, inherited members included.
   */
  boolean has(String[] reference) {
    if (reference[0].equals("class")) {
      return find(reference[1]) != null;
    }
    return inherits(reference[1], reference[0] + ' ' + reference[2] + ' ' + reference[3]);
  }

  private boolean inherits(String owner, String member) {
    Type type = find(owner);
    if (type == null) {
      return false;
    }
    if (type.members.contains(member)
        || type.superName != null && inherits(type.superName, member)) {
      return true;
    }
    for (String parent : type.interfaces) {
      if (inherits(parent, member)) {
        return true;
      }
    }
    return false;
  }

  /** The class of an internal name, or null if the library has none. */
  Type find(String internalName) {
    Type type = types.get(internalName);
    if (type == null) {
      type = read(internalName);
      types.put(internalName, type);
    }
    return type == ABSENT ? null : type;
  }

  private Type read(String internalName) {
    byte[] classFile = classFiles.find(internalName);
    if (classFile == null) {
      return ABSENT;
    }
    Type type = new Type();
    new ClassReader(classFile)
        .accept(type, ClassReader.SKIP_CODE | ClassReader.SKIP_DEBUG | ClassReader.SKIP_FRAMES);
    return type;
  }

  /** One class's names: its parents and the members that it declares itself. */
  static final class Type extends ClassVisitor {
    final Set<String> members = new HashSet<>();
    String superName;
    String[] interfaces = {};

    Type() {
      super(Opcodes.ASM9);
    }

    /** True if there is such a method here, not in a parent. */
    boolean declares(String name, String descriptorPrefix) {
      String suffix = "method " + name + ' ' + descriptorPrefix;
      for (String member : members) {
        if (member.startsWith(suffix) || member.startsWith("static-" + suffix)) {
          return true;
        }
      }
      return false;
    }

    @Override
    public void visit(
        int version,
        int access,
        String name,
        String signature,
        String superName,
        String[] interfaces) {
      this.superName = superName;
      if (interfaces != null) {
        this.interfaces = interfaces;
      }
    }

    @Override
    public MethodVisitor visitMethod(
        int access, String name, String descriptor, String signature, String[] exceptions) {
      members.add(kind(access) + "method " + name + ' ' + descriptor);
      return null;
    }

    @Override
    public FieldVisitor visitField(
        int access, String name, String descriptor, String signature, Object value) {
      members.add(kind(access) + "field " + name + ' ' + descriptor);
      return null;
    }

    private static String kind(int access) {
      return (access & Opcodes.ACC_STATIC) == 0 ? "" : "static-";
    }
  }
}
