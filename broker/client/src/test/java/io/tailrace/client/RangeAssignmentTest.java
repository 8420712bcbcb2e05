package io.tailrace.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.protocol.TopicPartition;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class RangeAssignmentTest {
    private static RangeAssignment.Member member(String id, String... topics) {
        return new RangeAssignment.Member(id, Optional.empty(), Set.of(topics));
    }

    private static Set<TopicPartition> partitions(String topic, Integer... indexes) {
        return Arrays.stream(indexes)
                .map(index -> new TopicPartition(topic, index))
                .collect(Collectors.toSet());
    }

    @Test
    void theFirstMembersGetThePartitionsThatAreLeftOver() {
        assertThat(RangeAssignment.of(List.of(member("b", "t"), member("a", "t"), member("c", "t")), Map.of("t", 7)))
                .isEqualTo(
                        Map.of("a", partitions("t", 0, 1, 2), "b", partitions("t", 3, 4), "c", partitions("t", 5, 6)));
    }

    @Test
    void eachTopicIsDividedAmongItsOwnSubscribers() {
        assertThat(RangeAssignment.of(List.of(member("a", "t", "u"), member("b", "t")), Map.of("t", 2, "u", 1)))
                .isEqualTo(Map.of(
                        "a", Set.of(new TopicPartition("t", 0), new TopicPartition("u", 0)), "b", partitions("t", 1)));
    }

    @Test
    void moreMembersThanPartitionsLeaveSomeWithoutAny() {
        assertThat(RangeAssignment.of(List.of(member("a", "t"), member("b", "t")), Map.of("t", 1)))
                .isEqualTo(Map.of("a", partitions("t", 0), "b", Set.of()));
    }

    @Test
    void aTopicThatDoesNotExistIsAssignedToNobody() {
        assertThat(RangeAssignment.of(List.of(member("a", "gone")), Map.of())).isEqualTo(Map.of("a", Set.of()));
    }

    @Test
    void staticMembersComeFirstByTheirInstance() {
        RangeAssignment.Member second = new RangeAssignment.Member("a", Optional.of("i2"), Set.of("t"));
        RangeAssignment.Member first = new RangeAssignment.Member("z", Optional.of("i1"), Set.of("t"));
        assertThat(RangeAssignment.of(List.of(member("0", "t"), second, first), Map.of("t", 3)))
                .isEqualTo(Map.of("z", partitions("t", 0), "a", partitions("t", 1), "0", partitions("t", 2)));
    }
}
