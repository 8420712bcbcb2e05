package io.tailrace.agent.encode;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LineDecoderTest {

    private static String decoded(LineDecoder decoder, byte[] bytes) {
        String reason = decoder.decode(bytes, 1, bytes.length - 1);
        return reason == null
                ? new String(decoder.utf8(), decoder.start(), decoder.end() - decoder.start(), StandardCharsets.UTF_8)
                : reason;
    }

    /** The bytes between two others. */
    private static byte[] within(byte[] line) {
        byte[] bytes = new byte[line.length + 2];
        System.arraycopy(line, 0, bytes, 1, line.length);
        bytes[0] = (byte) 0xe2;
        return bytes;
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-8", "ISO-8859-1", "windows-1252", "UTF-16LE", "UTF-16BE", "Shift_JIS", "GB18030"})
    void lineIsDecoded(String charset) {
        LineDecoder decoder = new LineDecoder(Charset.forName(charset));
        for (String text :
                List.of("", "plain", charset.startsWith("Shift") ? "\u65e5\u672c" : "caf\u00e9 \u00ff", "a")) {
            assertThat(decoded(decoder, within(text.getBytes(Charset.forName(charset)))))
                    .isEqualTo(text);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "UTF-8, 61e9, not in UTF-8: byte 1 of the line is 0xE9",
        "UTF-8, eda080, not in UTF-8: byte 0 of the line is 0xED",
        "windows-1252, 616281, not in windows-1252: byte 2 of the line is 0x81",
        "UTF-16LE, 610000d8, not in UTF-16LE: byte 2 of the line is 0x00",
        "UTF-16LE, 6100ff, not in UTF-16LE: byte 2 of the line is 0xFF",
    })
    void faultIsNamedWithItsPlace(String charset, String hex, String reason) {
        assertThat(decoded(
                        new LineDecoder(Charset.forName(charset)),
                        within(HexFormat.of().parseHex(hex))))
                .isEqualTo(reason);
    }

    @Test
    void utf8IsWhatTheJdkAccepts() {
        Random random = new Random(8);
        int[] leads = {0x7f, 0x80, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xed, 0xef, 0xf0, 0xf4, 0xf5, 0xff};
        int valid = 0;
        for (int round = 0; round < 200_000; round++) {
            byte[] bytes = new byte[random.nextInt(6)];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = (byte)
                        switch (random.nextInt(3)) {
                            case 0 -> leads[random.nextInt(leads.length)];
                            case 1 -> 0x80 + random.nextInt(0x40);
                            default -> random.nextInt(256);
                        };
            }
            boolean isValid = Utf8.invalidAt(bytes, 0, bytes.length) < 0;
            valid += isValid ? 1 : 0;
            assertThat(isValid).as(HexFormat.of().formatHex(bytes)).isEqualTo(isAcceptedByJdk(bytes));
        }
        assertThat(valid).isGreaterThan(10_000);
    }

    private static boolean isAcceptedByJdk(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)) != null;
        } catch (CharacterCodingException e) {
            return false;
        }
    }
}
