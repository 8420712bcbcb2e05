package io.tailrace.agent.tail;

import com.github.luben.zstd.ZstdOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

/** Compresses in every way that agents can read. */
public final class Archives {
    private Archives() {}

    /** The suffixes of all ways. */
    public static Stream<String> suffixes() {
        return Stream.of(".gz", ".xz", ".zst", ".bz2");
    }

    /** One member. */
    public static byte[] compress(String suffix, byte[] content) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream out = compressor(suffix, bytes)) {
            out.write(content);
        }
        return bytes.toByteArray();
    }

    private static OutputStream compressor(String suffix, OutputStream out) throws IOException {
        return switch (suffix) {
            case ".gz" -> new GZIPOutputStream(out);
            case ".xz" -> new XZOutputStream(out, new LZMA2Options(0));
            case ".zst" -> new ZstdOutputStream(out, 1).setChecksum(true);
            case ".bz2" -> new BZip2CompressorOutputStream(out, 1);
            default -> throw new IllegalArgumentException(suffix);
        };
    }
}
