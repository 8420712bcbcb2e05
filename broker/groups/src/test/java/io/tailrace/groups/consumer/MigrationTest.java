package io.tailrace.groups.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.groups.ClassicGroup;
import io.tailrace.groups.ClassicGroupState;
import io.tailrace.groups.ConsumerGroup;
import io.tailrace.groups.ConsumerGroupState;
import io.tailrace.groups.ConsumerSettings;
import io.tailrace.groups.Group;
import io.tailrace.groups.GroupSettings;
import io.tailrace.groups.MemberClient;
import io.tailrace.groups.OffsetCaller;
import io.tailrace.groups.ShardHarness;
import io.tailrace.groups.TestCluster;
import io.tailrace.groups.classic.Heartbeat;
import io.tailrace.groups.classic.JoinGroup;
import io.tailrace.protocol.Bytes;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.codec.ConsumerProtocol;
import io.tailrace.protocol.group.ConsumerProtocolSubscription;
import io.tailrace.protocol.message.HeartbeatRequest;
import io.tailrace.protocol.message.JoinGroupRequest;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class MigrationTest {
    private static final UUID T = TestCluster.id("t");
    private static final int STEPS = 60;

    private final ShardHarness harness = harness(new ConsumerSettings.Migration(true, true));
    private final TestClassicConsumer a = new TestClassicConsumer(harness, "t", null);
    private final TestClassicConsumer b = new TestClassicConsumer(harness, "t", null);
    private final TestConsumer c = new TestConsumer(harness, "c").subscribedTo("t");

    private static ShardHarness harness(ConsumerSettings.Migration migration) {
        ConsumerSettings defaults = ConsumerSettings.defaults();
        ConsumerSettings consumer = new ConsumerSettings(
                defaults.timing(), defaults.timingByGroup(), 4, defaults.assignors(), migration, 600_000);
        GroupSettings settings = GroupSettings.defaults();
        return new ShardHarness(
                TestCluster.EMPTY.with("t", 6), new GroupSettings(settings.classic(), consumer, settings.offsets()));
    }

    private Group group() {
        return Objects.requireNonNull(harness.shard().groups().get(TestConsumer.GROUP));
    }

    /** All take part until everybody has what is theirs; no partition is read by two at any time. */
    private void run(List<TestClassicConsumer> classic, List<TestConsumer> consumers) {
        for (int i = 0; i < STEPS; i++) {
            classic.forEach(TestClassicConsumer::step);
            consumers.forEach(TestConsumer::heartbeat);
            requireDisjoint(classic, consumers);
            harness.advance(500);
        }
        assertThat(classic).allMatch(TestClassicConsumer::isIdle);
        assertThat(all(classic, consumers)).hasSize(6);
    }

    private static void requireDisjoint(List<TestClassicConsumer> classic, List<TestConsumer> consumers) {
        int sum = classic.stream().mapToInt(member -> member.owned().size()).sum()
                + consumers.stream().mapToInt(member -> member.owned().size()).sum();
        assertThat(all(classic, consumers))
                .as("partitions read by one member each")
                .hasSize(sum);
    }

    private static Set<Integer> all(List<TestClassicConsumer> classic, List<TestConsumer> consumers) {
        Set<Integer> all = new TreeSet<>();
        classic.forEach(member -> all.addAll(member.owned().of(T)));
        consumers.forEach(member -> all.addAll(member.owned().of(T)));
        return all;
    }

    @Test
    void groupChangesItsProtocolAndBackWhileMembersLive() {
        run(List.of(a, b), List.of());
        assertThat(group()).isInstanceOf(ClassicGroup.class);
        int generation = a.generation();

        run(List.of(a, b), List.of(c));
        assertThat(group()).isInstanceOf(ConsumerGroup.class);
        assertThat(((ConsumerGroup) group()).state()).isEqualTo(ConsumerGroupState.STABLE);
        assertThat(a.generation()).isGreaterThan(generation);
        assertThat(c.owned().size()).isEqualTo(2);
        assertThat(group().commitError(new OffsetCaller(a.memberId(), null, a.generation())))
                .isEqualTo(ErrorCode.NONE);
        assertThat(group().commitError(new OffsetCaller(a.memberId(), null, a.generation() + 1)))
                .isEqualTo(ErrorCode.ILLEGAL_GENERATION);

        c.leave(-1);
        assertThat(group()).isInstanceOf(ClassicGroup.class);
        run(List.of(a, b), List.of());
        assertThat(((ClassicGroup) group()).state()).isEqualTo(ClassicGroupState.STABLE);
        assertThat(harness.replica().groups().get(TestConsumer.GROUP)).isInstanceOf(ClassicGroup.class);
    }

    @Test
    void groupThatWentBackRebalancesEvenIfItsCoordinatorFailsMeanwhile() {
        run(List.of(a, b), List.of());
        run(List.of(a, b), List.of(c));

        c.leave(-1);
        harness.failOver();

        run(List.of(a, b), List.of());
    }

    @Test
    void rollingUpgradeReplacesOneMemberAfterTheOther() {
        run(List.of(a, b), List.of());
        a.leave();
        run(List.of(b), List.of(c));
        b.leave();
        TestConsumer d = new TestConsumer(harness, "d").subscribedTo("t");
        run(List.of(), List.of(c, d));

        assertThat(((ConsumerGroup) group()).members()).containsOnlyKeys("c", "d");
    }

    @Test
    void groupSurvivesFailoverWithBothProtocols() {
        run(List.of(a, b), List.of(c));
        harness.failOver();
        run(List.of(a, b), List.of(c));

        assertThat(((ConsumerGroup) group()).members()).hasSize(3);
    }

    @Test
    void classicMembersThatWaitAreAskedToJoinAgain() {
        a.step();
        a.step();
        a.step();
        c.heartbeat();
        assertThat(group()).isInstanceOf(ConsumerGroup.class);

        run(List.of(a), List.of(c));

        assertThat(c.owned().size()).isEqualTo(3);
    }

    @Test
    void upgradeLeavesAMemberWhatItHadUntilItReportsThatItGaveItUp() {
        run(List.of(a), List.of());
        for (int i = 0; i < 3; i++) {
            b.step();
        }
        for (int i = 0; i < 3; i++) {
            a.step();
        }
        // The group has an assignment for both. Its first member has not received it yet, and still reads everything.
        assertThat(((ClassicGroup) group()).state()).isEqualTo(ClassicGroupState.STABLE);
        assertThat(a.owned().size()).isEqualTo(6);

        for (int i = 0; i < 5; i++) {
            c.heartbeat();
            requireDisjoint(List.of(a, b), List.of(c));
        }
        run(List.of(a, b), List.of(c));
    }

    @Test
    void classicMemberThatWasRemovedGivesUpItsPartitionsBeforeItJoinsAgain() {
        run(List.of(a), List.of(c));
        String removed = a.memberId();
        harness.advance(TestClassicConsumer.SESSION_TIMEOUT_MS);
        assertThat(((ConsumerGroup) group()).member(removed)).isNull();

        assertThat(join(removed, List.of(0))).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(join(removed, List.of())).isEqualTo(ErrorCode.NONE);
    }

    private ErrorCode join(String memberId, List<Integer> owned) {
        Bytes subscription = ConsumerProtocol.encode(
                new ConsumerProtocolSubscription(
                        List.of("t"),
                        null,
                        owned.isEmpty() ? List.of() : List.of(new ConsumerProtocolSubscription.Topic("t", owned)),
                        1,
                        null),
                (short) 3);
        return harness.call(new JoinGroup(
                        new JoinGroupRequest(
                                TestConsumer.GROUP,
                                TestClassicConsumer.SESSION_TIMEOUT_MS,
                                TestClassicConsumer.REBALANCE_TIMEOUT_MS,
                                memberId,
                                null,
                                "consumer",
                                List.of(new JoinGroupRequest.Protocol("cooperative-sticky", subscription))),
                        true,
                        new UUID(2, 1),
                        new MemberClient("client", "/127.0.0.1")))
                .errorCode();
    }

    @Test
    void classicMemberThatDoesNotJoinAgainIsRemoved() {
        run(List.of(a, b), List.of());
        c.heartbeat();
        for (int ms = 0; ms <= TestClassicConsumer.REBALANCE_TIMEOUT_MS; ms += 1000) {
            b.step();
            c.heartbeat();
            harness.call(new Heartbeat(new HeartbeatRequest(TestConsumer.GROUP, a.generation(), a.memberId(), null)));
            harness.advance(1000);
        }

        assertThat(((ConsumerGroup) group()).member(a.memberId())).isNull();
        run(List.of(b), List.of(c));
    }

    @Test
    void silentClassicMemberIsRemovedAfterItsOwnSessionTimeout() {
        run(List.of(a), List.of(c));
        harness.advance(TestClassicConsumer.SESSION_TIMEOUT_MS);

        assertThat(((ConsumerGroup) group()).members()).containsOnlyKeys("c");
    }

    @Test
    void emptyGroupsChangeTheirProtocolWhateverThePolicy() {
        ShardHarness fixed = harness(new ConsumerSettings.Migration(false, false));
        TestClassicConsumer classic = new TestClassicConsumer(fixed, "t", null);
        for (int i = 0; i < STEPS; i++) {
            classic.step();
            fixed.advance(500);
        }
        TestConsumer consumer = new TestConsumer(fixed, "m").subscribedTo("t");
        assertThat(consumer.heartbeat().errorCode()).isEqualTo(ErrorCode.GROUP_ID_NOT_FOUND);
        classic.leave();

        assertThat(consumer.heartbeat().errorCode()).isEqualTo(ErrorCode.NONE);
        consumer.leave(-1);
        for (int i = 0; i < STEPS; i++) {
            classic.step();
            fixed.advance(500);
        }
        assertThat(classic.owned().size()).isEqualTo(6);
        assertThat(fixed.replica().groups().get(TestConsumer.GROUP)).isInstanceOf(ClassicGroup.class);
    }

    @Test
    void withoutDowngradeTheGroupKeepsItsProtocol() {
        ShardHarness up = harness(new ConsumerSettings.Migration(true, false));
        TestClassicConsumer classic = new TestClassicConsumer(up, "t", null);
        TestConsumer consumer = new TestConsumer(up, "m").subscribedTo("t");
        consumer.heartbeat();
        for (int i = 0; i < STEPS; i++) {
            classic.step();
            consumer.heartbeat();
            up.advance(500);
        }
        consumer.leave(-1);
        for (int i = 0; i < STEPS; i++) {
            classic.step();
            up.advance(500);
        }

        assertThat(up.shard().groups().get(TestConsumer.GROUP)).isInstanceOf(ConsumerGroup.class);
        assertThat(classic.owned().size()).isEqualTo(6);
    }

    @Test
    void staticMembersThatGoBackOneByOneTurnTheGroupBack() {
        TestConsumer c0 = new TestConsumer(harness, "c0").subscribedTo("t").instance("i0");
        TestConsumer c1 = new TestConsumer(harness, "c1").subscribedTo("t").instance("i1");
        run(List.of(), List.of(c0, c1));

        c0.leave(-2);
        TestClassicConsumer back0 = new TestClassicConsumer(harness, "t", "i0");
        run(List.of(back0), List.of(c1));
        assertThat(group()).isInstanceOf(ConsumerGroup.class);
        c1.leave(-2);
        TestClassicConsumer back1 = new TestClassicConsumer(harness, "t", "i1");
        run(List.of(back0, back1), List.of());

        assertThat(((ClassicGroup) group()).state()).isEqualTo(ClassicGroupState.STABLE);
        assertThat(harness.replica().groups().get(TestConsumer.GROUP)).isInstanceOf(ClassicGroup.class);
    }

    @Test
    void theOnlyStaticMemberGoesBack() {
        TestConsumer before = new TestConsumer(harness, "m").subscribedTo("t").instance("i");
        run(List.of(), List.of(before));
        before.leave(-2);
        run(List.of(new TestClassicConsumer(harness, "t", "i")), List.of());

        assertThat(group()).isInstanceOf(ClassicGroup.class);
    }

    /** The records would not fit into a batch: the last member of the consumer protocol could never leave. */
    @Test
    void groupThatIsTooLargeToChangeItsProtocolKeepsIt() {
        a.paddedWith(400_000);
        run(List.of(a, b), List.of(c));
        b.paddedWith(400_000);
        b.leave();
        run(List.of(a, b), List.of(c));

        assertThat(c.leave(-1)).isEqualTo(ErrorCode.NONE);
        run(List.of(a, b), List.of());
        assertThat(group()).isInstanceOf(ConsumerGroup.class);

        b.leave();
        run(List.of(a), List.of());
        assertThat(group()).as("one that fits").isInstanceOf(ClassicGroup.class);
    }

    /** Only the protocol that was chosen is known to be readable. */
    @Test
    void protocolThatCannotBeReadDoesNotHarm() {
        a.alsoSupporting("unreadable");
        run(List.of(a, b), List.of(c));
        c.leave(-1);
        run(List.of(a, b), List.of());

        assertThat(group()).isInstanceOf(ClassicGroup.class);
    }

    @Test
    void staticMemberChangesItsProtocolAndKeepsItsPartitions() {
        TestClassicConsumer before = new TestClassicConsumer(harness, "t", "i");
        run(List.of(before, b), List.of());
        Set<Integer> had = before.owned().of(T);
        TestConsumer after = new TestConsumer(harness, "m").subscribedTo("t").instance("i");
        run(List.of(b), List.of(after));

        assertThat(after.owned().of(T)).isEqualTo(had);
    }
}
