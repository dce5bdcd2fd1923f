package dev.meshagent.controller.rest;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Chooses objects by fields that hold one value, such as {@code metadata.name=orders} or {@code
 * spec.host!=orders}, all of which must hold. Immutable.
 */
record FieldSelector(List<Requirement> requirements) {
  private static final Pattern FORM =
      Pattern.compile("([A-Za-z][A-Za-z0-9.]*[A-Za-z0-9])(==|=|!=)([^,=!]*)");

  /**
   * @param pointer of the field
   * @param wanted whether it has to be so or has to be otherwise
   */
  record Requirement(String pointer, String value, boolean wanted) {
    boolean holds(JsonNode object) {
      return object.at(pointer).asText("").equals(value) == wanted;
    }
  }

  /**
   * @throws IllegalArgumentException if the text is no selector
   */
  static FieldSelector parse(String text) {
    List<Requirement> requirements = new ArrayList<>();
    if (!text.isBlank()) {
      for (String part : text.split(",", -1)) {
        Matcher form = FORM.matcher(part.strip());
        if (!form.matches()) {
          throw new IllegalArgumentException(
              "fieldSelector: '"
                  + part
                  + "' is not understood; write metadata.name=a or spec.host!=a");
        }
        requirements.add(
            new Requirement(
                "/" + form.group(1).replace('.', '/'), form.group(3), !form.group(2).equals("!=")));
      }
    }
    return new FieldSelector(List.copyOf(requirements));
  }

  boolean matches(JsonNode object) {
    return requirements.stream().allMatch(requirement -> requirement.holds(object));
  }
}
