package io.tailrace.agent.tail;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * How far a content has been read, and what stood there: enough to know the content again under another name.
 *
 * @param position bytes read, exclusive: where the next line begins
 * @param headHash hash of the first {@link #HEAD_BYTES_MAX} bytes, or of all before the position while it is smaller
 * @param tailHash hash of the last {@link #TAIL_BYTES_MAX} bytes before the position, or of all of them
 */
public record Mark(long position, String headHash, String tailHash) {
    static final int HEAD_BYTES_MAX = 1024;
    static final int TAIL_BYTES_MAX = 256;

    /** Nothing read, so nothing known. */
    public static final Mark START = new Mark(0, "", "");

    public Mark {
        if (position < 0 || position == 0 != headHash.isEmpty()) {
            throw new IllegalArgumentException("position " + position + " with head hash \"" + headHash + "\"");
        }
    }

    /** Bytes that the head's hash covers. */
    int headBytes() {
        return (int) Math.min(position, HEAD_BYTES_MAX);
    }

    /** Half of a SHA-256, in hexadecimal: a checkpoint holds no content of a log. */
    static String hash(byte[] bytes, int length) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(bytes, 0, length);
            return HexFormat.of().formatHex(digest.digest(), 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
