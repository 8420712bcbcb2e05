package io.tailrace.agent;

import io.tailrace.agent.Connections.Transactional;
import io.tailrace.agent.checkpoint.AgentCheckpointFile;
import io.tailrace.agent.checkpoint.Checkpoint;
import io.tailrace.agent.checkpoint.CheckpointRecords;
import io.tailrace.agent.checkpoint.PositionsOwner;
import io.tailrace.agent.tail.Moment;
import io.tailrace.agent.transaction.AgentTransactionConfig;
import io.tailrace.agent.transaction.PositionHeader;
import io.tailrace.agent.transaction.PositionTopic;
import io.tailrace.agent.transaction.PositionTopic.Positions;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Finds the positions from which an agent continues, and makes the agent. Without transactions, they are in its checkpoint. With them,
 * they are in a topic, or still in the checkpoint of an agent that had no transactions. Not thread-safe.
 */
final class AgentStart implements AgentLoop.Starting {
    private final AgentConfig config;
    private final AgentCheckpointFile file;
    private final PositionsOwner owner;
    private final Connections connections;
    private final Runnable wakeUp;
    private final AgentMonitor monitor;
    private @Nullable IdTaking taking;
    private Optional<Positions> read = Optional.empty();

    /** @param wakeUp called by any thread when {@link #attempt} should be made, or a step of the agent */
    AgentStart(AgentConfig config, Connections connections, Runnable wakeUp, AgentMonitor monitor) {
        this(config, new AgentCheckpointFile(config.dataDirectory()), connections, wakeUp, monitor);
    }

    /** As above, with a checkpoint on a disk of the caller's. */
    AgentStart(
            AgentConfig config,
            AgentCheckpointFile file,
            Connections connections,
            Runnable wakeUp,
            AgentMonitor monitor) {
        this.config = config;
        this.file = file;
        this.owner = file.owner();
        this.connections = connections;
        this.wakeUp = wakeUp;
        this.monitor = monitor;
    }

    /**
     * Makes the agent, if that is possible without waiting.
     *
     * @return empty if brokers have not answered yet: to be asked again
     * @throws IOException if the checkpoint or the positions cannot be used
     */
    @Override
    public Optional<Agent> attempt(Moment now) throws IOException {
        if (connections.transactional().isEmpty()) {
            owner.takeBack();
            var unused = file.begin();
            return Optional.of(new Agent(config, file, connections, Optional.empty(), wakeUp, monitor));
        }
        Transactional transactional = connections.transactional().get();
        IdTaking id = taking == null ? beginTaking(transactional, now) : taking;
        read = read.or(() -> id.result(now.steadyMs()));
        if (read.isEmpty() || topicProblem(transactional).isPresent()) {
            String waits = problem(now.steadyMs()).orElse("the agent takes its transactional id");
            monitor.stepped(new AgentMonitor.State(List.of(waits), 0, false, 0, false));
            return Optional.empty();
        }
        TransactionStart start = start(transactional, id, read.get());
        return Optional.of(new Agent(config, file, connections, Optional.of(start), wakeUp, monitor));
    }

    /**
     * Why the topic of the positions cannot be written to. To be asked once the topic exists: the producer requests its metadata, for
     * which brokers would create it with their defaults.
     */
    private Optional<String> topicProblem(Transactional transactional) {
        return transactional
                .producer()
                .unavailability(transactional.config().topic())
                .map(why -> String.valueOf(why.getMessage()));
    }

    private IdTaking beginTaking(Transactional transactional, Moment now) {
        IdTaking begun =
                new IdTaking(transactional.producer(), transactional.positions(), connections.background(), wakeUp);
        begun.begin(PositionTopic.BEGINNING, now.steadyMs());
        taking = begun;
        return begun;
    }

    private TransactionStart start(Transactional transactional, IdTaking id, Positions positions) throws IOException {
        Map<String, byte[]> values = new HashMap<>(positions.values());
        byte[] header = values.remove(PositionHeader.KEY);
        Optional<PositionHeader> committed =
                header == null ? Optional.empty() : Optional.of(PositionHeader.decode(header));
        Checkpoint checkpoint = checkpoint(transactional.config(), committed, values);
        file.begin(checkpoint);
        return new TransactionStart(
                transactional.config(),
                transactional.producer(),
                id,
                checkpoint.agent(),
                UUID.randomUUID().toString(),
                committed,
                positions,
                new CheckpointRecords(values, checkpoint));
    }

    /** The checkpoint from which to go on, and a note of who has it from the next commit on. */
    private Checkpoint checkpoint(
            AgentTransactionConfig transactions, Optional<PositionHeader> committed, Map<String, byte[]> values)
            throws IOException {
        long sequence = committed.map(PositionHeader::sequence).orElse(0L);
        boolean isOwner =
                committed.isPresent() && owner.isTopic(transactions.topic(), transactions.agentId(), sequence);
        Optional<Checkpoint> own = isOwner ? Optional.empty() : file.read();
        boolean isTopic = committed.isPresent() && own.isEmpty();
        if (!isOwner) {
            long from = isTopic ? sequence : sequence + 1;
            owner.give(new PositionsOwner.Claim(transactions.topic(), transactions.agentId(), from));
        }
        return isTopic
                ? CheckpointRecords.decode(committed.get().agent(), values)
                : own.orElseGet(() -> Checkpoint.initial(UUID.randomUUID().toString()));
    }

    @Override
    public Optional<String> problem(long steadyMs) {
        if (read.isPresent()) {
            return connections.transactional().flatMap(this::topicProblem);
        }
        return taking == null ? Optional.empty() : taking.problem(steadyMs, 0);
    }

    @Override
    public void close() {
        connections.producer().closeNow();
    }
}
