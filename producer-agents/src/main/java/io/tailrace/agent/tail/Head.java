package io.tailrace.agent.tail;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;

/** The first bytes of a file, as many as the fingerprint of a {@link ReadPosition} needs at most. Not thread-safe. */
final class Head {
    static final Head EMPTY = new Head(new byte[0]);

    private final byte[] bytes;
    private int hashedLength = -1;
    private String hash = "";

    private Head(byte[] bytes) {
        this.bytes = bytes;
    }

    static Head of(Content content) throws IOException {
        byte[] bytes = new byte[ReadPosition.HEAD_BYTES_MAX];
        return new Head(Arrays.copyOf(bytes, content.read(0, bytes, bytes.length)));
    }

    static Head of(Path path) throws IOException {
        try (Content content = Content.open(path)) {
            return of(content);
        }
    }

    /**
     * The first bytes of what was read.
     *
     * @param bytes not written to afterwards, if they are {@link ReadPosition#HEAD_BYTES_MAX} or more
     */
    static Head of(byte[] bytes, int length) {
        return new Head(length < bytes.length ? Arrays.copyOf(bytes, length) : bytes);
    }

    /** The order of the bytes. What begins with a head follows it at once. */
    int compareTo(Head other) {
        return Arrays.compareUnsigned(bytes, other.bytes);
    }

    /** The bytes that both begin with. */
    Head common(Head other) {
        int difference = Arrays.mismatch(bytes, other.bytes);
        return difference < 0 ? this : new Head(Arrays.copyOf(bytes, difference));
    }

    int length() {
        return bytes.length;
    }

    boolean isWhole() {
        return bytes.length == ReadPosition.HEAD_BYTES_MAX;
    }

    /** The hash of the first bytes. */
    String hash(int length) {
        // Files that are compared with this one have mostly been read past their head, so the length is mostly the
        // same.
        if (length != hashedLength) {
            hash = ReadPosition.hash(bytes, length);
            hashedLength = length;
        }
        return hash;
    }

    /** Whether this begins with all bytes of another one. */
    boolean startsWith(Head other) {
        return bytes.length >= other.bytes.length && beginsLike(other.bytes, other.bytes.length);
    }

    /** Whether other bytes are the same, as far as both go. */
    boolean beginsLike(byte[] other, int otherLength) {
        int common = Math.min(bytes.length, otherLength);
        return Arrays.equals(bytes, 0, common, other, 0, common);
    }

    /** Whether both have bytes, and the same as far as both go. */
    boolean beginsLike(Head other) {
        return bytes.length > 0 && other.bytes.length > 0 && beginsLike(other.bytes, other.bytes.length);
    }
}
