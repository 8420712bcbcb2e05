package io.tailrace.agent.tail;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.jspecify.annotations.Nullable;
import org.tukaani.xz.MemoryLimitException;
import org.tukaani.xz.XZInputStream;

/**
 * How a file is compressed. Its first bytes decide, since a name may lie: RFC 1952 (gzip), the .xz file format 1.2, RFC 8878 (zstd), and
 * the headers of bzip2.
 */
enum Compression {
    GZIP(".gz", "\\x1f\\x8b\\x08") {
        @Override
        InputStream decoder(InputStream in, long memoryBytesMax) throws IOException {
            return new GzipMembers(in);
        }

        @Override
        long memoryBytes(InputStream in) {
            return OVERHEAD_BYTES;
        }
    },
    XZ(".xz", "\\xfd7zXZ\\x00") {
        @Override
        InputStream decoder(InputStream in, long memoryBytesMax) throws IOException {
            return new XZInputStream(in, (int) Math.min(Integer.MAX_VALUE, memoryBytesMax >> 10));
        }

        @Override
        long memoryBytes(InputStream in) throws IOException {
            try (InputStream none = new XZInputStream(in, 0)) {
                none.read();
                return OVERHEAD_BYTES;
            } catch (MemoryLimitException e) {
                return OVERHEAD_BYTES + ((long) e.getMemoryNeeded() << 10);
            }
        }
    },
    ZSTD(".zst", "(\\x28\\xb5\\x2f\\xfd|[\\x50-\\x5f]\\x2a\\x4d\\x18)") {
        @Override
        InputStream decoder(InputStream in, long memoryBytesMax) throws IOException {
            int windowLog = Long.SIZE - Long.numberOfLeadingZeros(memoryBytesMax - 1);
            return new ZstdInputStreamNoFinalizer(in)
                    .setLongMax(Math.max(ZSTD_WINDOW_LOG_MIN, Math.min(ZSTD_WINDOW_LOG_MAX, windowLog)));
        }

        @Override
        long memoryBytes(InputStream in) throws IOException {
            return OVERHEAD_BYTES + zstdWindowBytes(in.readNBytes(ZSTD_HEADER_BYTES_MAX));
        }
    },
    BZIP2(".bz2", "BZh[1-9](\\x31\\x41\\x59\\x26\\x53\\x59|\\x17\\x72\\x45\\x38\\x50\\x90)") {
        @Override
        InputStream decoder(InputStream in, long memoryBytesMax) throws IOException {
            return new BZip2CompressorInputStream(in, true);
        }

        @Override
        long memoryBytes(InputStream in) {
            return BZIP2_BYTES;
        }
    };

    /** As many as decide: the longest pattern. */
    static final int MAGIC_BYTES = 10;

    private static final long OVERHEAD_BYTES = 256 << 10;
    /** Of the largest blocks, 900,000 bytes: one byte and one int for each, and tables. */
    private static final long BZIP2_BYTES = 5 << 20;

    private static final int ZSTD_WINDOW_LOG_MIN = 10;
    private static final int ZSTD_WINDOW_LOG_MAX = 31;
    private static final long ZSTD_WINDOW_USUAL_BYTES = 8 << 20;
    private static final int ZSTD_MAGIC = 0xfd2fb528;
    /** Magic number, descriptor, dictionary, and window or content size. */
    private static final int ZSTD_HEADER_BYTES_MAX = 18;

    private static final int ZSTD_SINGLE_SEGMENT = 1 << 5;

    /** Archives that cannot be read, so that their bytes are not taken for lines. */
    private static final Map<String, Pattern> UNKNOWN = Map.of(
            "zip", pattern("PK\\x03\\x04"),
            "lz4", pattern("\\x04\\x22\\x4d\\x18"),
            "compress", pattern("\\x1f[\\x9d\\xa0]"),
            "7z", pattern("7z\\xbc\\xaf\\x27\\x1c"),
            "lzip", pattern("LZIP\\x01"));

    private final String suffix;
    private final Pattern magic;

    Compression(String suffix, String magic) {
        this.suffix = suffix;
        this.magic = pattern(magic);
    }

    private static Pattern pattern(String regex) {
        return Pattern.compile(regex, Pattern.DOTALL);
    }

    /** The compression that a file's name promises; null if it promises none. */
    static @Nullable Compression ofName(String path) {
        for (Compression compression : values()) {
            if (path.endsWith(compression.suffix)) {
                return compression;
            }
        }
        return null;
    }

    /** A file's name without the suffix of its compression. */
    static String withoutSuffix(String name) {
        Compression compression = ofName(name);
        return compression == null ? name : name.substring(0, name.length() - compression.suffix.length());
    }

    /**
     * How a file is compressed, if it is.
     *
     * @param head its first {@link #MAGIC_BYTES}, or all if there are fewer
     * @return null if the file is plain
     * @throws IOException if it is compressed in another way, or is plain although its name has the suffix of an archive
     */
    static @Nullable Compression of(Path path, byte[] head) throws IOException {
        String bytes = new String(head, StandardCharsets.ISO_8859_1);
        for (Compression compression : values()) {
            if (compression.magic.matcher(bytes).lookingAt()) {
                return compression;
            }
        }
        for (Map.Entry<String, Pattern> unknown : UNKNOWN.entrySet()) {
            if (unknown.getValue().matcher(bytes).lookingAt()) {
                throw new IOException("compressed with " + unknown.getKey()
                        + ", which agents do not read: leave it out with source.NAME.exclude");
            }
        }
        Compression promised = ofName(path.toString());
        if (promised == null || isBeginning(promised.magic.matcher(bytes))) {
            return promised;
        }
        throw new IOException("not compressed with gzip, xz, zstd or bzip2, although its name ends in "
                + promised.suffix + ": rename it, or leave it out with source.NAME.exclude");
    }

    private static boolean isBeginning(Matcher matcher) {
        return matcher.lookingAt() || matcher.hitEnd();
    }

    /**
     * Decompresses a stream, with all members, one after another.
     *
     * @param in must support marks
     * @param memoryBytesMax a member that needs more is an error
     */
    abstract InputStream decoder(InputStream in, long memoryBytesMax) throws IOException;

    /** Whether a decoder that needs more of an archive has returned all that it has decompressed. */
    boolean returnsAllBeforeItsEnd() {
        return this == ZSTD;
    }

    /** How much memory the decoder needs for the first member. */
    abstract long memoryBytes(InputStream in) throws IOException;

    /** RFC 8878, 3.1.1.1. */
    private static long zstdWindowBytes(byte[] header) {
        ByteBuffer bytes =
                ByteBuffer.wrap(Arrays.copyOf(header, ZSTD_HEADER_BYTES_MAX)).order(ByteOrder.LITTLE_ENDIAN);
        if (bytes.getInt() != ZSTD_MAGIC) {
            // A frame to be skipped, of which nothing is known.
            return ZSTD_WINDOW_USUAL_BYTES;
        }
        int descriptor = bytes.get();
        if ((descriptor & ZSTD_SINGLE_SEGMENT) == 0) {
            int window = bytes.get() & 0xff;
            long base = 1L << (ZSTD_WINDOW_LOG_MIN + (window >> 3));
            return base + base / 8 * (window & 7);
        }
        bytes.position(bytes.position() + new int[] {0, 1, 2, 4}[descriptor & 3]);
        long content =
                switch (descriptor >> 6 & 3) {
                    case 0 -> bytes.get() & 0xff;
                    case 1 -> (bytes.getShort() & 0xffff) + 256;
                    case 2 -> bytes.getInt() & 0xffff_ffffL;
                    default -> bytes.getLong();
                };
        return content < 0 || content > Integer.MAX_VALUE ? Integer.MAX_VALUE : content;
    }
}
