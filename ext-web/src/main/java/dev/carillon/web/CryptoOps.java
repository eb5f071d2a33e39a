package dev.carillon.web;

import dev.carillon.runtime.JsBuffer;
import dev.carillon.runtime.JsVisibleException;
import dev.carillon.runtime.Op;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Map;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Randomness, digests and message authentication behind {@code crypto}.
 *
 * <p>Threads: stateless but for the random source, which is safe to share.
 */
public final class CryptoOps {
    private static final Map<String, String> DIGESTS =
            Map.of("SHA-1", "SHA-1", "SHA-256", "SHA-256", "SHA-384", "SHA-384", "SHA-512", "SHA-512");
    private static final Map<String, String> MACS =
            Map.of("SHA-1", "HmacSHA1", "SHA-256", "HmacSHA256", "SHA-384", "HmacSHA384", "SHA-512", "HmacSHA512");

    /** One for the process, made by its first use: seeding is what costs. */
    private static final class Random {
        private static final SecureRandom SOURCE = new SecureRandom();
    }

    CryptoOps() {}

    @Op("op_crypto_random_uuid")
    public String randomUuid() {
        return UUID.randomUUID().toString();
    }

    /** Fills the caller's buffer. */
    @Op("op_crypto_random")
    public void random(JsBuffer target) {
        var bytes = new byte[target.length()];
        Random.SOURCE.nextBytes(bytes);
        target.write(0, bytes, 0, bytes.length);
    }

    @Op("op_crypto_digest")
    public byte[] digest(String algorithm, byte[] data) {
        try {
            return MessageDigest.getInstance(known(DIGESTS, algorithm)).digest(data);
        } catch (NoSuchAlgorithmException e) {
            throw unsupported(e);
        }
    }

    @Op("op_crypto_hmac")
    public byte[] hmac(String hash, byte[] key, byte[] data) {
        try {
            var name = known(MACS, hash);
            var mac = Mac.getInstance(name);
            // HMAC pads keys with zeros, so one zero byte is the same key as none, which SecretKeySpec refuses.
            mac.init(new SecretKeySpec(key.length == 0 ? new byte[1] : key, name));
            return mac.doFinal(data);
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw unsupported(e);
        }
    }

    private static String known(Map<String, String> names, String name) {
        var known = names.get(name);
        if (known == null) {
            throw new JsVisibleException("DOMExceptionNotSupportedError", "Unrecognized algorithm name");
        }
        return known;
    }

    private static JsVisibleException unsupported(Exception cause) {
        return new JsVisibleException(
                "DOMExceptionNotSupportedError", "Not supported by this JVM: " + cause.getMessage(), null, cause);
    }
}
