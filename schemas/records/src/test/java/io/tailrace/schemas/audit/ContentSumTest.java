package io.tailrace.schemas.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ContentSumTest {
    private static final BigInteger MODULUS = BigInteger.ONE.shiftLeft(128);

    private static ContentHash hash(String text) {
        return ContentHash.of(text.getBytes(StandardCharsets.UTF_8));
    }

    private static BigInteger number(long high, long low) {
        return new BigInteger("%016x%016x".formatted(high, low), 16);
    }

    private static BigInteger number(ContentSum sum) {
        return new BigInteger(1, sum.sumBytes());
    }

    @Test
    void hashIsXxh128() {
        assertThat(hash("")).isEqualTo(new ContentHash(0x99aa06d3014798d8L, 0x6001c324468d497fL));
        assertThat(hash("hello")).isEqualTo(new ContentHash(0xb5e9c1ad071b3e7fL, 0xc779cfaa5e523818L));
        byte[] framed = "12345hello!".getBytes(StandardCharsets.UTF_8);
        assertThat(ContentHash.of(framed, 5, 5)).isEqualTo(hash("hello"));
    }

    @Test
    void sumIsAdditionModuloTwoToThe128() {
        Random random = new Random(1);
        ContentSum sum = ContentSum.ZERO;
        BigInteger expected = BigInteger.ZERO;
        for (int added = 1; added <= 1000; added++) {
            ContentHash hash = new ContentHash(random.nextLong(), random.nextBoolean() ? -1 : random.nextLong());
            sum = sum.plus(hash);
            expected = expected.add(number(hash.high(), hash.low())).mod(MODULUS);
            assertThat(number(sum)).isEqualTo(expected);
            assertThat(sum.count()).isEqualTo(added);
        }
    }

    @Test
    void growingSumIsTheSumOfItsRecords() {
        Random random = new Random(4);
        GrowingSum growing = new GrowingSum();
        ContentSum expected = ContentSum.ZERO;
        for (int added = 0; added < 1000; added++) {
            byte[] record = new byte[random.nextInt(300)];
            random.nextBytes(record);
            int offset = random.nextInt(record.length + 1);
            growing.add(record, offset, record.length - offset);
            growing.add(expected);
            expected = expected.plus(ContentHash.of(record, offset, record.length - offset))
                    .plus(expected);
            assertThat(growing.sum()).isEqualTo(expected);
        }
    }

    @Test
    void differenceIsSubtractionModuloTwoToThe128() {
        Random random = new Random(2);
        for (int round = 0; round < 1000; round++) {
            ContentSum one = new ContentSum(7, random.nextLong(), random.nextBoolean() ? 0 : random.nextLong());
            ContentSum other = new ContentSum(9, random.nextLong(), random.nextLong());
            assertThat(number(one.minus(other)))
                    .isEqualTo(number(one).subtract(number(other)).mod(MODULUS));
            assertThat(one.minus(other).count()).isEqualTo(-2);
            assertThat(one.minus(other).plus(other)).isEqualTo(one);
        }
    }

    @Test
    void orderAndGroupingDoNotMatter() {
        List<String> records = new ArrayList<>();
        for (int record = 0; record < 100; record++) {
            records.add("record " + record);
        }
        ContentSum inOrder = sum(records);
        Collections.shuffle(records, new Random(3));
        assertThat(sum(records)).isEqualTo(inOrder);
        assertThat(sum(records.subList(0, 30)).plus(sum(records.subList(30, 100))))
                .isEqualTo(inOrder);
        assertThat(inOrder.minus(sum(records.subList(0, 30)))).isEqualTo(sum(records.subList(30, 100)));
    }

    private static ContentSum sum(List<String> records) {
        ContentSum sum = ContentSum.ZERO;
        for (String record : records) {
            sum = sum.plus(hash(record));
        }
        return sum;
    }

    @Test
    void lostAndDoubledRecordWithTheSameCountIsFound() {
        assertThat(sum(List.of("a", "b", "b"))).isNotEqualTo(sum(List.of("a", "b", "c")));
    }

    @Test
    void textAndBytesAreReadBack() {
        ContentSum sum = new ContentSum(12, 0x0123456789abcdefL, -2);

        assertThat(sum).hasToString("12:0123456789abcdeffffffffffffffffe");
        assertThat(ContentSum.parse(sum.toString())).isEqualTo(sum);
        assertThat(ContentSum.parse(ContentSum.ZERO.minus(sum).toString())).isEqualTo(ContentSum.ZERO.minus(sum));
        assertThat(ContentSum.of(12, sum.sumBytes())).isEqualTo(sum);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ContentSum.of(1, new byte[15]))
                .withMessage("sum of 15 bytes: expected 16");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "12",
                "12:",
                "12:0123",
                ":0123456789abcdeffffffffffffffffe",
                "12:0123456789abcdeffffffffffffffffeF",
                "99999999999999999999:0123456789abcdeffffffffffffffffe",
                "9999999999999999999:0123456789abcdeffffffffffffffffe"
            })
    void otherTextIsRefused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> ContentSum.parse(text));
    }
}
