package io.tailrace.loader.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class SequenceRangesTest {

    @Test
    void behavesLikeASetOfNumbers() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            SequenceRanges ranges = new SequenceRanges();
            Set<Long> model = new HashSet<>();
            List<Long> numbers = LongStream.range(5, 40).boxed().collect(Collectors.toList());
            Collections.shuffle(numbers, random);
            for (long number : numbers.subList(0, random.nextInt(numbers.size()))) {
                assertThat(ranges.add(number)).as("seed %d", seed).isEqualTo(model.add(number));
                assertThat(ranges.add(number)).as("seed %d", seed).isFalse();
                long end = Collections.min(model);
                while (model.contains(end)) {
                    end++;
                }
                assertThat(ranges.firstMissing()).as("seed %d", seed).isEqualTo(end);
                assertThat(ranges.reaches(end)).as("seed %d", seed).isTrue();
                assertThat(ranges.reaches(end + 1)).as("seed %d", seed).isFalse();
            }
        }
    }

    @Test
    void anEmptySetReachesNothing() {
        assertThat(new SequenceRanges().reaches(1)).isFalse();
        assertThat(new SequenceRanges().firstMissing()).isZero();
    }
}
