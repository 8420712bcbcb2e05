package io.tailrace.protocol;

import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.UUID;

/** The text form of topic and cluster ids: sixteen bytes in URL-safe base64 without padding, 22 characters. */
public final class UuidText {
    private static final int BYTES = 16;

    private UuidText() {}

    /** Formats an id. */
    public static String of(UUID id) {
        byte[] bytes = ByteBuffer.allocate(BYTES)
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .array();
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /**
     * Parses an id.
     *
     * @throws IllegalArgumentException if the text is not an id
     */
    public static UUID parse(String text) {
        try {
            ByteBuffer bytes = ByteBuffer.wrap(Base64.getUrlDecoder().decode(text));
            if (bytes.remaining() == BYTES) {
                return new UUID(bytes.getLong(), bytes.getLong());
            }
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("expected an id of 16 bytes in base64, found '" + text + "'", e);
        }
        throw new IllegalArgumentException("expected an id of 16 bytes in base64, found '" + text + "'");
    }
}
