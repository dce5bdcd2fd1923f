package dev.meshagent.controller.rest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** Where the objects of one kind come from. Asked on the loop. */
public interface ResourceSource {
  ResourceKind kind();

  /**
   * All objects, ordered by namespace and name, each whole: {@code apiVersion}, {@code kind},
   * {@code metadata} and the rest.
   */
  List<ObjectNode> list();
}
