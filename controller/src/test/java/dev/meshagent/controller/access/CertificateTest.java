package dev.meshagent.controller.access;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CertificateTest {
  @Test
  void aMachineWhoseNameNoCertificateMayHoldGetsOneWithoutIt() {
    assertThat(Certificate.dns("mesh_controller_1")).isEmpty();
    assertThat(Certificate.dns("box-")).isEmpty();
    assertThat(Certificate.dns("")).isEmpty();
    assertThat(Certificate.dns("1box.example-1.com")).contains("dns:1box.example-1.com");
  }
}
