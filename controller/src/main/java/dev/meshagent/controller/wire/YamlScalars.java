package dev.meshagent.controller.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BigIntegerNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.math.BigInteger;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.resolver.Resolver;

/**
 * What a scalar of YAML is in JSON. As kubectl's reader has it: the words of YAML 1.1 for booleans
 * (of one letter none), but neither times nor numbers to the base 60. Stateless.
 */
final class YamlScalars {
  private static final Set<String> TRUE = Set.of("yes", "true", "on");

  private YamlScalars() {}

  /** Empty if JSON has nothing like it. */
  static Optional<JsonNode> json(ScalarNode scalar) {
    String text = scalar.getValue();
    Tag tag = scalar.getTag();
    if (tag.equals(Tag.STR)) {
      return Optional.of(TextNode.valueOf(text));
    }
    if (tag.equals(Tag.NULL)) {
      return Optional.of(NullNode.instance);
    }
    if (tag.equals(Tag.BOOL)) {
      return PlainScalars.BOOLEANS.matcher(text).matches()
          ? Optional.of(BooleanNode.valueOf(TRUE.contains(text.toLowerCase(Locale.ROOT))))
          : Optional.empty();
    }
    if (text.length() > Bounds.DIGITS) {
      return Optional.empty();
    }
    if (tag.equals(Tag.INT) && PlainScalars.INTEGERS.matcher(text).matches()) {
      return Optional.of(integer(text.replace("_", "")));
    }
    if (tag.equals(Tag.FLOAT) && PlainScalars.DECIMALS.matcher(text).matches()) {
      double value = Double.parseDouble(text.replace("_", ""));
      return Double.isFinite(value) ? Optional.of(DoubleNode.valueOf(value)) : Optional.empty();
    }
    return Optional.empty();
  }

  private static JsonNode integer(String text) {
    boolean negative = text.startsWith("-");
    String digits = negative || text.startsWith("+") ? text.substring(1) : text;
    int radix = 10;
    if (digits.startsWith("0x")) {
      radix = 16;
    } else if (digits.startsWith("0b")) {
      radix = 2;
    } else if (digits.startsWith("0o")) {
      radix = 8;
    }
    BigInteger value =
        radix == 10
            ? new BigInteger(digits, digits.length() > 1 && digits.charAt(0) == '0' ? 8 : 10)
            : new BigInteger(digits.substring(2), radix);
    BigInteger signed = negative ? value.negate() : value;
    if (signed.bitLength() < Integer.SIZE) {
      return IntNode.valueOf(signed.intValue());
    }
    return signed.bitLength() < Long.SIZE
        ? LongNode.valueOf(signed.longValue())
        : BigIntegerNode.valueOf(signed);
  }

  /** Tells what a scalar without quotes is. */
  static final class PlainScalars extends Resolver {
    static final Pattern BOOLEANS =
        Pattern.compile(
            "yes|Yes|YES|true|True|TRUE|on|On|ON|no|No|NO|false|False|FALSE|off|Off|OFF");
    static final Pattern INTEGERS =
        Pattern.compile(
            "[-+]?(0|[1-9][0-9_]*|0[0-7_]+|0o[0-7_]*[0-7]|0x[0-9a-fA-F_]*[0-9a-fA-F]|0b[01_]*[01])");
    static final Pattern DECIMALS =
        Pattern.compile("[-+]?(\\.[0-9]+|[0-9][0-9_]*(\\.[0-9]*)?)([eE][-+]?[0-9]{1,4})?");
    private static final Pattern NULLS = Pattern.compile("~|null|Null|NULL|");

    @Override
    protected void addImplicitResolvers() {
      addImplicitResolver(Tag.BOOL, BOOLEANS, "yYnNtTfFoO");
      addImplicitResolver(Tag.INT, INTEGERS, "-+0123456789");
      addImplicitResolver(Tag.FLOAT, DECIMALS, "-+0123456789.");
      addImplicitResolver(Tag.MERGE, MERGE, "<");
      addImplicitResolver(Tag.NULL, NULLS, "~nN\0");
      addImplicitResolver(Tag.NULL, EMPTY, null);
    }
  }
}
