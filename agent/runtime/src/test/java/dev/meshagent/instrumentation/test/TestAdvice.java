package dev.meshagent.instrumentation.test;

/** Advice that is called through its link. */
public final class TestAdvice {
  private TestAdvice() {}

  public static Object answer(String question) {
    return question.equals("loader") ? TestAdvice.class.getClassLoader() : "answer to " + question;
  }
}
