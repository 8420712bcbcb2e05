package io.tailrace.protocol.record;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CompressorTest {
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 255, 256, 2_047, 2_048, 131_071, 131_072, 1_048_576, 1_048_577, Integer.MAX_VALUE})
    void boundOfCompressedBytesIsThatOfZstd(int length) {
        assertThat(Compressor.bytesMax(length)).isEqualTo(Zstd.compressBound(length));
    }
}
