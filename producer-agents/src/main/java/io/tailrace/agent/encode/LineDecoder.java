package io.tailrace.agent.encode;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Makes UTF-8 of lines in another encoding, in buffers that it reuses. Lines that are UTF-8 are checked in place. Not thread-safe. */
public final class LineDecoder {
    private static final int UTF8_BYTES_PER_CHAR_MAX = 3;

    private final Charset charset;
    private final CharsetDecoder decoder;
    private final CharsetEncoder encoder = StandardCharsets.UTF_8.newEncoder();
    private CharBuffer chars = CharBuffer.allocate(0);
    private byte[] buffer = new byte[0];

    private byte[] utf8 = buffer;
    private int start;
    private int end;

    /** A decoder of lines in an encoding. */
    public LineDecoder(Charset charset) {
        this.charset = charset;
        decoder = charset.newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
    }

    /**
     * Decodes a line. The result is valid until the next line, and as long as the bytes do not change.
     *
     * @return null, or in one line why the bytes are not text in the encoding
     */
    public @Nullable String decode(byte[] bytes, int from, int to) {
        boolean isUtf8 = charset.equals(StandardCharsets.UTF_8);
        boolean isLatin1 = charset.equals(StandardCharsets.ISO_8859_1);
        if ((isUtf8 || isLatin1) && Utf8.isAscii(bytes, from, to)) {
            set(bytes, from, to);
            return null;
        }
        if (isUtf8) {
            int invalid = Utf8.invalidAt(bytes, from, to);
            set(bytes, from, to);
            return invalid < 0 ? null : malformed(bytes, from, invalid);
        }
        if (isLatin1) {
            decodeLatin1(bytes, from, to);
            return null;
        }
        return decodeOther(bytes, from, to);
    }

    private void set(byte[] bytes, int from, int to) {
        utf8 = bytes;
        start = from;
        end = to;
    }

    private String malformed(byte[] bytes, int from, int at) {
        return String.format(
                Locale.ROOT, "not in %s: byte %d of the line is 0x%02X", charset.name(), at - from, bytes[at] & 0xff);
    }

    private void decodeLatin1(byte[] bytes, int from, int to) {
        byte[] target = room(2 * (to - from));
        int length = 0;
        for (int at = from; at < to; at++) {
            int c = bytes[at] & 0xff;
            if (c >= 0x80) {
                target[length++] = (byte) (0xc0 | (c >> 6));
                c = 0x80 | (c & 0x3f);
            }
            target[length++] = (byte) c;
        }
        set(target, 0, length);
    }

    private @Nullable String decodeOther(byte[] bytes, int from, int to) {
        int charsMax = (int) Math.ceil((to - from) * (double) decoder.maxCharsPerByte());
        if (chars.capacity() < charsMax) {
            chars = CharBuffer.allocate(charsMax);
        }
        chars.clear();
        ByteBuffer in = ByteBuffer.wrap(bytes, from, to - from);
        CoderResult result = decoder.reset().decode(in, chars, true);
        if (result.isError() || decoder.flush(chars).isError()) {
            return malformed(bytes, from, in.position());
        }
        chars.flip();
        byte[] target = room(UTF8_BYTES_PER_CHAR_MAX * chars.remaining());
        ByteBuffer out = ByteBuffer.wrap(target);
        boolean isText = !encoder.reset().encode(chars, out, true).isError();
        set(target, 0, out.position());
        return isText ? null : "not in " + charset.name() + ": half of a surrogate pair";
    }

    private byte[] room(int length) {
        if (buffer.length < length) {
            buffer = new byte[length];
        }
        return buffer;
    }

    /** Holds the line that was decoded last, from {@link #start} to before {@link #end}. */
    public byte[] utf8() {
        return utf8;
    }

    /** Where the line starts in {@link #utf8}. */
    public int start() {
        return start;
    }

    /** Where the line ends in {@link #utf8}. */
    public int end() {
        return end;
    }
}
