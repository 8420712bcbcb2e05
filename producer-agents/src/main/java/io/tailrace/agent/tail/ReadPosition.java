package io.tailrace.agent.tail;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * How far a content has been read, with the fingerprint of what was read: enough to recognise the content under another
 * name.
 *
 * @param offset bytes read, and so where the next line begins
 * @param headHash hash of the first {@link #HEAD_BYTES_MAX} bytes, or of all bytes before the offset if there are fewer
 * @param tailHash hash of the last {@link #TAIL_BYTES_MAX} bytes before the offset, or of all of them
 */
public record ReadPosition(long offset, String headHash, String tailHash) {
    static final int HEAD_BYTES_MAX = 1024;
    static final int TAIL_BYTES_MAX = 256;

    /** The position of a content before anything was read; it has no fingerprint. */
    public static final ReadPosition START = new ReadPosition(0, "", "");

    /** Refuses a position whose offset and hashes contradict each other, with an {@link IllegalArgumentException}. */
    public ReadPosition {
        if (offset < 0 || offset == 0 != headHash.isEmpty()) {
            throw new IllegalArgumentException("offset " + offset + " with head hash \"" + headHash + "\"");
        }
    }

    /** How many bytes the head's hash covers. */
    int headBytes() {
        return (int) Math.min(offset, HEAD_BYTES_MAX);
    }

    /** Half of a SHA-256 in hexadecimal, so that a checkpoint holds no content of a log. */
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
