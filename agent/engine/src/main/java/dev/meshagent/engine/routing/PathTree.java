package dev.meshagent.engine.routing;

import java.util.Arrays;

/**
 * A tree over the characters of the exact and prefix paths of many rules, so that a request meets
 * only the rules whose path it fits: one walk along its path however many rules there are. Built
 * once, then only read.
 */
final class PathTree {
  private static final int[] NOBODY = {};

  private char[] letters = {};
  private PathTree[] children = {};

  /** What a path must go on with after this node's letter to have arrived; see compress. */
  String rest = "";

  /** Rules by their place in the order, ascending: whose path ends here, or merely begins so. */
  int[] exact = NOBODY;

  int[] prefix = NOBODY;

  /** Rules whose prefix ends here if the path does too, or goes on with a slash. */
  int[] element = NOBODY;

  /** The node for a text, made if need be. */
  PathTree at(CharSequence text) {
    PathTree node = this;
    for (int i = 0; i < text.length(); i++) {
      node = node.grow(text.charAt(i));
    }
    return node;
  }

  private PathTree grow(char letter) {
    int found = Arrays.binarySearch(letters, letter);
    if (found >= 0) {
      return children[found];
    }
    int place = -found - 1;
    char[] moreLetters = new char[letters.length + 1];
    PathTree[] moreChildren = new PathTree[letters.length + 1];
    System.arraycopy(letters, 0, moreLetters, 0, place);
    System.arraycopy(children, 0, moreChildren, 0, place);
    System.arraycopy(letters, place, moreLetters, place + 1, letters.length - place);
    System.arraycopy(children, place, moreChildren, place + 1, letters.length - place);
    moreLetters[place] = letter;
    moreChildren[place] = new PathTree();
    letters = moreLetters;
    children = moreChildren;
    return moreChildren[place];
  }

  /**
   * Takes out the nodes at which nothing happens, once all rules are in: many paths begin alike,
   * and a walk need not stop at each of their letters.
   */
  void compress() {
    for (int i = 0; i < children.length; i++) {
      PathTree node = children[i];
      StringBuilder skipped = new StringBuilder();
      while (node.children.length == 1 && node.idle()) {
        skipped.append(node.letters[0]);
        node = node.children[0];
      }
      node.rest = skipped.toString();
      children[i] = node;
      node.compress();
    }
  }

  private boolean idle() {
    return exact.length == 0 && prefix.length == 0 && element.length == 0;
  }

  /** The child for a letter, or null. */
  PathTree child(char letter) {
    char[] known = letters;
    if (known.length == 1) {
      return known[0] == letter ? children[0] : null;
    }
    int found = Arrays.binarySearch(known, letter);
    return found < 0 ? null : children[found];
  }

  static int[] plus(int[] rules, int rule) {
    int[] more = Arrays.copyOf(rules, rules.length + 1);
    more[rules.length] = rule;
    return more;
  }
}
