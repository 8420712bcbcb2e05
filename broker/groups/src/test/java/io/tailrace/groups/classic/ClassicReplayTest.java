package io.tailrace.groups.classic;

import static io.tailrace.groups.classic.ClassicClients.GROUP;
import static io.tailrace.groups.classic.ClassicClients.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.groups.ClassicGroup;
import io.tailrace.groups.ClassicGroupRecord;
import io.tailrace.groups.ClassicGroupState;
import io.tailrace.groups.ClassicMember;
import io.tailrace.groups.ClassicMemberState;
import io.tailrace.groups.ClassicSettings;
import io.tailrace.groups.Group;
import io.tailrace.groups.ShardHarness.Answer;
import io.tailrace.groups.rebalance.SessionTimeout;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.JoinGroupRequest;
import io.tailrace.protocol.message.JoinGroupResponse;
import io.tailrace.protocol.message.LeaveGroupRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;

/**
 * Random requests, passing time, refused appends and failovers. After each step the group keeps its invariants, and what a new
 * coordinator would load is what the present one has. The seed is the number of the repetition.
 */
class ClassicReplayTest {
    private static final int STEPS = 200;
    private static final String[][] PROTOCOLS = {{"range"}, {"range", "sticky"}, {"sticky", "range"}};

    private final ClassicClients clients = new ClassicClients(new ClassicSettings(6_000, 1_800_000, 3_000, 5));
    private final List<Answer<JoinGroupResponse>> joins = new ArrayList<>();
    private final List<JoinGroupResponse> joined = new ArrayList<>();

    @RepeatedTest(100)
    void aNewCoordinatorLoadsWhatThePresentOneHas(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        for (int step = 0; step < STEPS; step++) {
            act(random);
            joins.removeIf(this::isAnswered);
            requireSameWhenLoaded();
            requireInvariants();
        }
        clients.shard.refuseAppends(ErrorCode.NONE);
        // Silence ends everything: no member, timer or request is left behind.
        clients.shard.advance(1_000_000);
        assertThat(clients.shard.waiting()).isZero();
        assertThat(clients.shard.timers().keySet())
                .filteredOn(timer -> timer.getClass().getPackage().equals(SessionTimeout.class.getPackage()))
                .isEmpty();
        assertThat(!clients.groupExists() || clients.group().isEmpty()).isTrue();
    }

    private boolean isAnswered(Answer<JoinGroupResponse> join) {
        if (join.isDone() && join.get().errorCode() == ErrorCode.NONE) {
            joined.add(join.get());
        }
        return join.isDone();
    }

    private void act(Random random) {
        switch (random.nextInt(10)) {
            case 0, 1 -> joinNew(random);
            case 2, 3 -> pick(random).ifPresent(member -> join(member.memberId(), instance(member), random));
            case 4, 5 -> pick(random).ifPresent(member -> clients.sync(member, instance(member)));
            case 6 ->
                pick(random)
                        .ifPresent(member ->
                                clients.heartbeat(member.memberId(), member.generationId(), instance(member)));
            case 7 -> clients.shard.advance(random.nextInt(8_000));
            case 8 -> pick(random).ifPresent(this::leave);
            default -> disturb(random);
        }
    }

    private void joinNew(Random random) {
        @Nullable String instanceId = random.nextBoolean() ? "i" + random.nextInt(3) : null;
        Answer<JoinGroupResponse> join = join("", instanceId, random);
        if (join.isDone() && join.get().errorCode() == ErrorCode.MEMBER_ID_REQUIRED && random.nextInt(4) > 0) {
            join(join.get().memberId(), null, random);
        }
    }

    private Answer<JoinGroupResponse> join(String memberId, @Nullable String instanceId, Random random) {
        JoinGroupRequest request = request(memberId, instanceId, PROTOCOLS[random.nextInt(PROTOCOLS.length)]);
        Answer<JoinGroupResponse> join = clients.submit(request, random.nextBoolean());
        joins.add(join);
        return join;
    }

    /** Member ids of static members start with their instance id. */
    private @Nullable String instance(JoinGroupResponse member) {
        return member.memberId().startsWith("i") ? member.memberId().substring(0, 2) : null;
    }

    private Optional<JoinGroupResponse> pick(Random random) {
        int newest = joined.size();
        return newest == 0 ? Optional.empty() : Optional.of(joined.get(Math.max(0, newest - 1 - random.nextInt(6))));
    }

    private void leave(JoinGroupResponse member) {
        clients.shard.submit(new LeaveGroup(
                new LeaveGroupRequest(
                        GROUP, "", List.of(new LeaveGroupRequest.Member(member.memberId(), instance(member)))),
                true));
    }

    private void disturb(Random random) {
        switch (random.nextInt(6)) {
            case 0 -> clients.shard.failOver();
            case 1 -> clients.shard.refuseAppends(ErrorCode.COORDINATOR_NOT_AVAILABLE);
            default -> clients.shard.refuseAppends(ErrorCode.NONE);
        }
    }

    /** A rebalance is not stored: what is loaded is the generation before it. */
    private void requireSameWhenLoaded() {
        Group live = clients.shard.shard().groups().get(GROUP);
        Group loaded = clients.shard.replica().groups().get(GROUP);
        if (!(live instanceof ClassicGroup group)) {
            assertThat(loaded).isNull();
            return;
        }
        boolean isStored = group.state() == ClassicGroupState.STABLE
                || (group.state() == ClassicGroupState.EMPTY
                        && group.generation().id() > 0);
        if (!isStored) {
            return;
        }
        ClassicGroup other = (ClassicGroup) Objects.requireNonNull(loaded);
        assertThat(other.state()).isEqualTo(group.state());
        assertThat(ClassicGroupRecord.of(other)).isEqualTo(ClassicGroupRecord.of(group));
    }

    private void requireInvariants() {
        if (!clients.groupExists()) {
            return;
        }
        ClassicGroup group = clients.group();
        assertThat(group.members().joining()).isLessThanOrEqualTo(5);
        assertThat(group.members().isEmpty())
                .as("no members in " + group)
                .isEqualTo(group.state() == ClassicGroupState.EMPTY);
        assertThat(group.members().all())
                .extracting(ClassicMember::instanceId)
                .filteredOn(Objects::nonNull)
                .doesNotHaveDuplicates();
        boolean isSettled =
                group.state() == ClassicGroupState.STABLE || group.state() == ClassicGroupState.COMPLETING_REBALANCE;
        if (isSettled) {
            assertThat(group.members().get(group.generation().leader())).isNotNull();
            assertThat(group.members().all())
                    .allMatch(member -> member.supports(
                            Objects.requireNonNull(group.generation().protocol())))
                    .noneMatch(ClassicMember::isJoining);
        }
        boolean anySyncing =
                group.members().all().stream().anyMatch(member -> member.state() instanceof ClassicMemberState.Syncing);
        assertThat(anySyncing && group.state() != ClassicGroupState.COMPLETING_REBALANCE)
                .as("a member waits for an assignment in state " + group.state())
                .isFalse();
        if (group.state() == ClassicGroupState.PREPARING_REBALANCE && group.initialDelay() == null) {
            assertThat(group.members().allJoining())
                    .as("a rebalance waits for nobody")
                    .isFalse();
        }
    }
}
