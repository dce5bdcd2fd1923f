package dev.meshagent.spi.drive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class HiddenFieldTest {
  private static final class Library {
    private final String hidden;

    Library(String hidden) {
      this.hidden = hidden;
    }
  }

  @Test
  void whatALibraryKeepsToItselfIsRead() throws Exception {
    Library library = new Library("kept");

    assertThat(HiddenField.of(Library.class, "hidden").get(library)).isEqualTo("kept");
    assertThat(
            HiddenField.orNull(HiddenFieldTest.class, Library.class.getName(), "hidden")
                .get(library))
        .isEqualTo("kept");
    assertThat(HiddenField.valueOrNull(library, "hidden")).isEqualTo("kept");
  }

  @Test
  void aVersionThatHasNoSuchFieldOrClassHasNull() {
    assertThat(HiddenField.orNull(HiddenFieldTest.class, Library.class.getName(), "other"))
        .isNull();
    assertThat(HiddenField.orNull(HiddenFieldTest.class, "dev.meshagent.None", "hidden")).isNull();
    assertThat(HiddenField.valueOrNull(new Library("kept"), "other")).isNull();
  }

  @Test
  void aFieldThatIsNeededIsMissedByItsName() {
    assertThatThrownBy(() -> HiddenField.of(Library.class, "other"))
        .isInstanceOf(NoSuchFieldException.class)
        .hasMessage("other");
  }
}
