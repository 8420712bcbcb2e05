package io.tailrace.agent.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.agent.inspect.CheckReport.Finding;
import io.tailrace.agent.transaction.AgentTransactionConfig;
import io.tailrace.client.ClientException;
import io.tailrace.client.ClusterAdmin;
import io.tailrace.client.ConfigEntry;
import io.tailrace.client.TopicDescription;
import io.tailrace.client.TransactionAdmin;
import io.tailrace.client.TransactionDescription;
import io.tailrace.protocol.ErrorCode;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TransactionCheckTest {
    private static final String ID = "tailrace-agent-web-17";
    private static final String TOPIC = "positions";
    /** Of eight, by the CRC-32C of "web-17". */
    private static final int OWN_PARTITION = new AgentTransactionConfig("web-17", TOPIC, 100).partitionOf(8);

    private int version = 2;
    private Set<String> topics = Set.of("__transaction_state", TOPIC);
    private Optional<ErrorCode> coordinatorError = Optional.empty();
    private Optional<String> state = Optional.empty();
    private int leaderless = -1;
    private String policy = "compact";

    /** Brokers that answer these questions; whatever else is asked of them fails. */
    private final TransactionCheck check = new TransactionCheck(
            proxy(ClusterAdmin.class, (proxy, method, arguments) -> switch (method.getName()) {
                case "topics" -> topics;
                case "describe" -> Map.of(TOPIC, described());
                case "topicConfig" -> List.of(new ConfigEntry("cleanup.policy", policy, false));
                default -> throw new IllegalStateException(method.getName());
            }),
            proxy(TransactionAdmin.class, (proxy, method, arguments) -> switch (method.getName()) {
                case "transactionVersion" -> version;
                case "describe" -> describedId(String.valueOf(arguments[0]));
                default -> throw new IllegalStateException(method.getName());
            }),
            new AgentTransactionConfig("web-17", TOPIC, 100),
            "b1:9092");

    private static <T> T proxy(Class<T> type, InvocationHandler answers) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, answers));
    }

    private TopicDescription described() {
        if (!topics.contains(TOPIC)) {
            throw new ClientException(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, "topic " + TOPIC + " does not exist");
        }
        return new TopicDescription(
                TOPIC,
                Optional.empty(),
                false,
                IntStream.range(0, 8)
                        .mapToObj(index -> new TopicDescription.Partition(
                                index,
                                index == leaderless ? OptionalInt.empty() : OptionalInt.of(1),
                                0,
                                List.of(1, 2),
                                List.of(1),
                                List.of()))
                        .toList());
    }

    private Optional<TransactionDescription> describedId(String id) {
        assertThat(id).isEqualTo(ID);
        coordinatorError.ifPresent(error -> {
            throw new ClientException(error, "transactional id " + id + ", coordinator: " + error);
        });
        return state.map(
                each -> new TransactionDescription(id, 1, (short) 0, each, 30_000, OptionalLong.empty(), Set.of()));
    }

    @Test
    void brokersNeedVersion2OfTransactions() {
        assertThat(check.version())
                .containsExactly(Finding.ok("transactions", "the brokers have transaction.version=2"));
        version = 1;
        assertThat(check.version())
                .containsExactly(Finding.fail(
                        "transactions",
                        "the brokers have transaction.version=1, transactions=true needs 2: upgrade the brokers and their"
                                + " feature, or set transactions=false"));
    }

    @Test
    void coordinatorOfTheAgentsIdMustAnswer() {
        String subject = "transactional id " + ID;
        assertThat(check.coordinator())
                .containsExactly(Finding.ok(subject, "its coordinator answers: nobody has taken the id yet"));
        state = Optional.of("Ongoing");
        assertThat(check.coordinator()).containsExactly(Finding.ok(subject, "its coordinator answers: Ongoing"));
        coordinatorError = Optional.of(ErrorCode.COORDINATOR_NOT_AVAILABLE);
        assertThat(check.coordinator())
                .containsExactly(
                        Finding.fail(
                                subject,
                                subject
                                        + ", coordinator: COORDINATOR_NOT_AVAILABLE: start the brokers with __transaction_state"));
        coordinatorError = Optional.of(ErrorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED);
        assertThat(check.coordinator())
                .containsExactly(
                        Finding.fail(subject, subject + ", coordinator: TRANSACTIONAL_ID_AUTHORIZATION_FAILED"));
    }

    @Test
    void noCoordinatorIsAskedForIfBrokersWouldCreateTheTopic() {
        topics = Set.of(TOPIC);
        coordinatorError = Optional.of(ErrorCode.COORDINATOR_NOT_AVAILABLE);
        assertThat(check.coordinator())
                .containsExactly(Finding.ok(
                        "transactional id " + ID,
                        "has no coordinator yet: brokers create __transaction_state when the agent starts"));
    }

    @Test
    void agentsPartitionNeedsALeader() {
        String subject = "topic " + TOPIC;
        String partition = "partition " + OWN_PARTITION + ", which has the positions of agent.id=web-17, ";
        Finding good = Finding.ok(subject, partition + "is compacted and has a leader");
        assertThat(check.positions()).containsExactly(good);
        leaderless = (OWN_PARTITION + 1) % 8;
        assertThat(check.positions()).as("partition of other agents").containsExactly(good);
        leaderless = OWN_PARTITION;
        assertThat(check.positions())
                .containsExactly(Finding.fail(subject, partition + "has no leader: start one of its brokers, [1, 2]"));
        topics = Set.of("__transaction_state");
        assertThat(check.positions()).containsExactly(Finding.ok(subject, "does not exist yet: the agent creates it"));
    }

    @Test
    void topicThatIsNotOnlyCompactedLosesPositions() {
        for (String deleting : List.of("delete", "compact,delete")) {
            policy = deleting;
            assertThat(check.positions())
                    .containsExactly(Finding.warn(
                            "topic " + TOPIC,
                            "cleanup.policy=" + deleting
                                    + ": the positions of an agent that is stopped are deleted after a"
                                    + " time: tailrace topics configure --bootstrap-server b1:9092 --topic positions"
                                    + " --set cleanup.policy=compact"));
        }
    }
}
