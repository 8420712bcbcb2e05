package io.tailrace.groups.assignor;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.groups.Assignment;
import io.tailrace.groups.ClusterSnapshot.Topic;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.IntSummaryStatistics;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AssignorTest {
    private static final int HISTORIES = 300;
    private static final int STEPS = 12;

    private record TestTopic(String name, UUID id, int partitions, IntFunction<Set<String>> racksOf) implements Topic {
        @Override
        public Set<String> racks(int partition) {
            return racksOf.apply(partition);
        }
    }

    private static Topic topic(int number, int partitions, IntFunction<Set<String>> racksOf) {
        return new TestTopic("t" + number, new UUID(0, number), partitions, racksOf);
    }

    private static Topic topic(int number, int partitions) {
        return topic(number, partitions, partition -> Set.of());
    }

    /** A group in which members come and go. */
    private static final class Group {
        private final SortedMap<String, AssignorInput.Member> members = new TreeMap<>();
        private final NavigableMap<UUID, Topic> topics = new TreeMap<>();

        Group(Topic... all) {
            for (Topic topic : all) {
                topics.put(topic.id(), topic);
            }
        }

        Group join(String id, @Nullable String rack, Set<UUID> subscribed) {
            members.put(id, new AssignorInput.Member(id, null, rack, subscribed, Assignment.EMPTY));
            return this;
        }

        AssignorInput.Member member(String id) {
            return Objects.requireNonNull(members.get(id));
        }

        Group join(String id) {
            return join(id, null, Set.copyOf(topics.keySet()));
        }

        Map<String, Assignment> assign(Assignor assignor) {
            Map<String, Assignment> result = assignor.assign(new AssignorInput(List.copyOf(members.values()), topics));
            requireCompleteAndDisjoint(result);
            members.replaceAll((id, member) ->
                    new AssignorInput.Member(id, member.instanceId(), member.rack(), member.topics(), of(result, id)));
            return result;
        }

        private void requireCompleteAndDisjoint(Map<String, Assignment> result) {
            assertThat(result.keySet()).isEqualTo(members.keySet());
            for (Topic topic : topics.values()) {
                List<Integer> given = new ArrayList<>();
                result.forEach((id, assignment) -> {
                    given.addAll(assignment.of(topic.id()));
                    if (!assignment.of(topic.id()).isEmpty()) {
                        assertThat(member(id).topics()).contains(topic.id());
                    }
                });
                boolean isSubscribed = members.values().stream()
                        .anyMatch(member -> member.topics().contains(topic.id()));
                Collections.sort(given);
                assertThat(given)
                        .isEqualTo(IntStream.range(0, isSubscribed ? topic.partitions() : 0)
                                .boxed()
                                .toList());
            }
        }
    }

    private static Assignment of(Map<String, Assignment> result, String id) {
        return Objects.requireNonNull(result.get(id));
    }

    private static int spread(Map<String, Assignment> result) {
        IntSummaryStatistics sizes =
                result.values().stream().mapToInt(Assignment::size).summaryStatistics();
        return sizes.getMax() - sizes.getMin();
    }

    private static int moved(Map<String, Assignment> before, Map<String, Assignment> after) {
        int moved = 0;
        for (var member : after.entrySet()) {
            Assignment had = before.getOrDefault(member.getKey(), Assignment.EMPTY);
            for (var topic : member.getValue().topics().entrySet()) {
                Set<Integer> added = new HashSet<>(topic.getValue());
                added.removeAll(had.of(topic.getKey()));
                moved += added.size();
            }
        }
        return moved;
    }

    @Test
    void uniformBalancesWithinOneAndMovesNoMoreThanNeeded() {
        for (int seed = 0; seed < HISTORIES; seed++) {
            Random random = new Random(seed);
            Group group = new Group(topic(1, 1 + random.nextInt(30)), topic(2, random.nextInt(8) + 1), topic(3, 1));
            int partitions =
                    group.topics.values().stream().mapToInt(Topic::partitions).sum();
            group.join("m");
            Map<String, Assignment> before = group.assign(new UniformAssignor());
            for (int step = 0; step < STEPS; step++) {
                Set<String> gone = new TreeSet<>();
                if (random.nextBoolean() || group.members.size() == 1) {
                    group.join("m" + seed + "-" + step);
                } else {
                    gone.add(new ArrayList<>(group.members.keySet()).get(random.nextInt(group.members.size())));
                    group.members.keySet().removeAll(gone);
                }
                Map<String, Assignment> after = group.assign(new UniformAssignor());
                assertThat(spread(after)).as("seed %d, step %d", seed, step).isLessThanOrEqualTo(1);
                Map<String, Assignment> previous = before;
                int lost = gone.stream().mapToInt(id -> of(previous, id).size()).sum();
                int share = gone.isEmpty() ? (partitions + after.size() - 1) / after.size() : lost;
                assertThat(moved(before, after))
                        .as("moved, seed %d, step %d", seed, step)
                        .isLessThanOrEqualTo(share);
                before = after;
            }
        }
    }

    @Test
    void uniformLeavesNoSingleMoveThatBalancesDifferentSubscriptions() {
        for (int seed = 0; seed < HISTORIES; seed++) {
            Random random = new Random(seed);
            Group group = new Group(topic(1, 12), topic(2, 1 + random.nextInt(9)), topic(3, 5), topic(4, 2));
            for (int step = 0; step < STEPS; step++) {
                Set<UUID> subscribed = new TreeSet<>(group.topics.keySet());
                subscribed.removeIf(id -> random.nextInt(3) == 0);
                group.join("m" + random.nextInt(7), null, subscribed);
                Map<String, Assignment> result = group.assign(new UniformAssignor());
                result.forEach((giver, given) -> result.forEach((taker, taken) -> {
                    boolean canMove = given.topics().keySet().stream()
                            .anyMatch(group.member(taker).topics()::contains);
                    if (canMove) {
                        assertThat(given.size() - taken.size()).isLessThanOrEqualTo(1);
                    }
                }));
                assertThat(group.assign(new UniformAssignor()))
                        .as("again, seed %d", seed)
                        .isEqualTo(result);
            }
        }
    }

    @Test
    void uniformPrefersRacksWithoutHurtingTheBalance() {
        for (int seed = 0; seed < HISTORIES; seed++) {
            Random random = new Random(seed);
            List<Set<String>> racks = IntStream.range(0, 12)
                    .mapToObj(partition -> Set.of("abc".charAt(random.nextInt(3)) + ""))
                    .toList();
            Group aware = new Group(topic(1, 12, racks::get));
            Group blind = new Group(topic(1, 12));
            for (int member = 0; member < 1 + seed % 6; member++) {
                String rack = "abc".charAt(random.nextInt(3)) + "";
                aware.join("m" + member, rack, aware.topics.keySet());
                blind.join("m" + member);
            }
            assertThat(spread(aware.assign(new UniformAssignor())))
                    .as("seed %d", seed)
                    .isEqualTo(spread(blind.assign(new UniformAssignor())));
        }
    }

    @Test
    void uniformReadsFromTheOwnRackWhereverSharesAllow() {
        Group group = new Group(topic(1, 12, partition -> Set.of(partition % 2 == 0 ? "a" : "b")));
        group.join("m1", "a", group.topics.keySet());
        group.join("m2", "b", group.topics.keySet());

        Map<String, Assignment> result = group.assign(new UniformAssignor());

        UUID id = group.topics.firstKey();
        assertThat(of(result, "m1").of(id)).containsExactly(0, 2, 4, 6, 8, 10);
        assertThat(of(result, "m2").of(id)).containsExactly(1, 3, 5, 7, 9, 11);
    }

    @Test
    void memberGivesUpPartitionsOfOtherRacksFirst() {
        Group group = new Group(topic(1, 6, partition -> Set.of(partition < 3 ? "a" : "b")));
        group.join("m1", "a", group.topics.keySet());
        group.assign(new UniformAssignor());
        group.join("m2", "b", group.topics.keySet());

        assertThat(of(group.assign(new UniformAssignor()), "m2").of(group.topics.firstKey()))
                .containsExactly(3, 4, 5);
    }

    @Test
    void rangesAreContiguousAndAlikeForTopicsOfTheSameSize() {
        Group group = new Group(topic(1, 7), topic(2, 7), topic(3, 2));
        group.join("m1").join("m2").join("m3");

        Map<String, Assignment> result = group.assign(new RangeAssignor());

        List<UUID> ids = List.copyOf(group.topics.keySet());
        assertThat(of(result, "m1").of(ids.get(0))).containsExactly(0, 1, 2);
        assertThat(of(result, "m2").of(ids.get(0))).containsExactly(3, 4);
        assertThat(of(result, "m3").of(ids.get(0))).containsExactly(5, 6);
        result.values().forEach(member -> assertThat(member.of(ids.get(1))).isEqualTo(member.of(ids.get(0))));
        assertThat(of(result, "m3").of(ids.get(2))).isEmpty();
    }

    @Test
    void rangesAreContiguousWhateverTheRacks() {
        for (int seed = 0; seed < HISTORIES; seed++) {
            Random random = new Random(seed);
            Group group = new Group(
                    topic(1, 1 + random.nextInt(20), partition -> Set.of("abc".charAt(partition * 7 % 3) + "")),
                    topic(2, 1 + random.nextInt(20)));
            for (int member = 0; member < 1 + random.nextInt(8); member++) {
                group.join("m" + member, "abc".charAt(random.nextInt(3)) + "", group.topics.keySet());
            }
            for (Assignment member : group.assign(new RangeAssignor()).values()) {
                member.topics().values().forEach(range -> assertThat(range.last() - range.first())
                        .isEqualTo(range.size() - 1));
            }
        }
    }

    @Test
    void rangeGivesMembersTheRangeInTheirRack() {
        Group group = new Group(topic(1, 6, partition -> Set.of(partition < 3 ? "b" : "a")));
        group.join("m1", "a", group.topics.keySet());
        group.join("m2", "b", group.topics.keySet());

        Map<String, Assignment> result = group.assign(new RangeAssignor());

        assertThat(of(result, "m1").of(group.topics.firstKey())).containsExactly(3, 4, 5);
        assertThat(of(result, "m2").of(group.topics.firstKey())).containsExactly(0, 1, 2);
    }

    @Test
    void staticMembersComeFirstByInstanceAndKeepTheirRangeUnderAnotherId() {
        Group group = new Group(topic(1, 3));
        group.join("a");
        group.members.put("y", new AssignorInput.Member("y", "i2", null, group.topics.keySet(), Assignment.EMPTY));
        group.members.put("z", new AssignorInput.Member("z", "i1", null, group.topics.keySet(), Assignment.EMPTY));

        Map<String, Assignment> result = group.assign(new RangeAssignor());

        UUID id = group.topics.firstKey();
        assertThat(of(result, "z").of(id)).containsExactly(0);
        assertThat(of(result, "y").of(id)).containsExactly(1);
        assertThat(of(result, "a").of(id)).containsExactly(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"uniform", "range"})
    void largeGroupIsAssigned(String name) {
        Group group = new Group(IntStream.range(0, 100)
                .mapToObj(number -> topic(number, 100, partition -> Set.of("abc".charAt(partition % 3) + "")))
                .toArray(Topic[]::new));
        group.join("first");
        group.assign(Assignor.named(name).orElseThrow());
        for (int member = 0; member < 999; member++) {
            group.join("m" + member, "abc".charAt(member % 3) + "", group.topics.keySet());
        }

        assertThat(group.assign(Assignor.named(name).orElseThrow())).hasSize(1000);
    }
}
