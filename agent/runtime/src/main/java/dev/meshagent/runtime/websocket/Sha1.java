package dev.meshagent.runtime.websocket;

/**
 * SHA-1 (FIPS 180-4) of a short text, for the one place where RFC 6455 wants it: the answer to an
 * opening handshake. It is no security there. {@code MessageDigest} would initialise the JDK's
 * security providers before the application's main could configure them.
 */
final class Sha1 {
  private static final int BLOCK_BYTES = 64;

  private Sha1() {}

  static byte[] digest(byte[] message) {
    int[] state = {0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0};
    byte[] padded = pad(message);
    for (int block = 0; block < padded.length; block += BLOCK_BYTES) {
      mix(state, padded, block);
    }
    byte[] digest = new byte[20];
    for (int i = 0; i < digest.length; i++) {
      digest[i] = (byte) (state[i / 4] >>> 8 * (3 - i % 4));
    }
    return digest;
  }

  /** One bit, zeros, and the length in bits as the last eight bytes of a block. */
  private static byte[] pad(byte[] message) {
    int blocks = (message.length + 8) / BLOCK_BYTES + 1;
    byte[] padded = new byte[blocks * BLOCK_BYTES];
    System.arraycopy(message, 0, padded, 0, message.length);
    padded[message.length] = (byte) 0x80;
    long bits = 8L * message.length;
    for (int i = 0; i < 8; i++) {
      padded[padded.length - 1 - i] = (byte) (bits >>> 8 * i);
    }
    return padded;
  }

  private static void mix(int[] state, byte[] message, int offset) {
    int[] words = new int[80];
    for (int i = 0; i < 64; i++) {
      words[i / 4] = words[i / 4] << 8 | message[offset + i] & 0xFF;
    }
    for (int i = 16; i < 80; i++) {
      words[i] = Integer.rotateLeft(words[i - 3] ^ words[i - 8] ^ words[i - 14] ^ words[i - 16], 1);
    }
    int a = state[0];
    int b = state[1];
    int c = state[2];
    int d = state[3];
    int e = state[4];
    for (int i = 0; i < 80; i++) {
      int f = i < 20 ? b & c | ~b & d : i >= 40 && i < 60 ? b & c | b & d | c & d : b ^ c ^ d;
      int k = i < 20 ? 0x5A827999 : i < 40 ? 0x6ED9EBA1 : i < 60 ? 0x8F1BBCDC : 0xCA62C1D6;
      int next = Integer.rotateLeft(a, 5) + f + e + k + words[i];
      e = d;
      d = c;
      c = Integer.rotateLeft(b, 30);
      b = a;
      a = next;
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
    state[4] += e;
  }
}
