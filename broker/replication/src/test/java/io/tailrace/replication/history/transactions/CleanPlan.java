package io.tailrace.replication.history.transactions;

import io.tailrace.replication.history.transactions.Plan.PlannedEnd;
import io.tailrace.replication.history.transactions.Plan.PlannedPoll;
import io.tailrace.replication.history.transactions.Plan.PlannedSend;
import io.tailrace.replication.history.transactions.Plan.PlannedTransaction;
import io.tailrace.replication.history.transactions.TransactionHistory.Isolation;
import io.tailrace.replication.history.transactions.TransactionHistory.WriteOrder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Draws a history of a queue that keeps all promises. Each operation begins, takes effect and is answered at different times, while
 * others do the same. One in 30 has no answer, and may not take effect.
 */
final class CleanPlan {
    /** Between two events there is room for what a plant adds. */
    private static final long STEP = 10;

    private static final int SENDS_MAX = 5;
    private static final int GOT_MAX = 8;
    private static final int UNANSWERED_ONE_IN = 30;

    private static final class Log {
        private final List<PlannedSend> records = new ArrayList<>();
        /** The offsets of records that are not decided. */
        private final TreeSet<Long> open = new TreeSet<>();

        private long end;

        long end(Isolation isolation) {
            return isolation == Isolation.UNCOMMITTED || open.isEmpty() ? end : open.first();
        }
    }

    /** A client, and what is left of its operation. */
    private static final class Client {
        private final String name;
        private final boolean transactional;
        private final Deque<Runnable> steps = new ArrayDeque<>();
        /** The number of records that each reader has passed. */
        private final Map<String, Integer> positions = new HashMap<>();

        private int readers;
        private @Nullable PlannedTransaction open;

        Client(String name, boolean transactional) {
            this.name = name;
            this.transactional = transactional;
        }
    }

    private final Random random;
    private final WriteOrder order;
    private final Plan plan = new Plan();
    private final List<Log> logs = new ArrayList<>();
    private final List<Client> clients = new ArrayList<>();
    private long now;
    private long values;
    /** With serial writes, the transaction that may write. */
    private @Nullable PlannedTransaction writer;

    private CleanPlan(Random random, WriteOrder order, int partitions) {
        this.random = random;
        this.order = order;
        for (int i = 0; i < partitions; i++) {
            logs.add(new Log());
        }
    }

    static Plan draw(long seed, WriteOrder order, int steps) {
        Random random = new Random(seed);
        CleanPlan drawn = new CleanPlan(random, order, 2 + random.nextInt(2));
        drawn.run(steps);
        return drawn.plan;
    }

    private void run(int steps) {
        for (int i = 0; i < 4; i++) {
            clients.add(new Client("t" + i, true));
            clients.add(new Client("p" + i, false));
        }
        for (int i = 0; i < steps; i++) {
            now += STEP;
            Client client = clients.get(random.nextInt(clients.size()));
            if (client.steps.isEmpty()) {
                begin(client);
            } else {
                client.steps.remove().run();
            }
        }
        end();
    }

    private void begin(Client client) {
        if (!client.transactional) {
            beginAlone(client);
        } else if (client.open == null) {
            beginTransaction(client);
        } else if (client.open.sends.size() + client.open.polls.size() > random.nextInt(SENDS_MAX + 1)) {
            endTransaction(client, client.open);
        } else if (oneIn(3)) {
            poll(client, client.open, Isolation.COMMITTED);
        } else {
            send(client, client.open);
        }
    }

    private void beginAlone(Client client) {
        PlannedTransaction alone = new PlannedTransaction(client.name, true, now);
        Isolation isolation = oneIn(3) ? Isolation.UNCOMMITTED : Isolation.COMMITTED;
        switch (random.nextInt(4)) {
            case 0 -> askEnd(client, isolation);
            case 1 -> {
                plan.transactions.add(alone);
                send(client, alone);
            }
            default -> {
                plan.transactions.add(alone);
                poll(client, alone, isolation);
            }
        }
    }

    private void beginTransaction(Client client) {
        if (order == WriteOrder.SERIAL && writer != null) {
            return;
        }
        client.open = new PlannedTransaction(client.name, false, now);
        writer = order == WriteOrder.SERIAL ? client.open : null;
        plan.transactions.add(client.open);
    }

    private void send(Client client, PlannedTransaction transaction) {
        int partition = random.nextInt(logs.size());
        PlannedSend send = new PlannedSend(transaction, partition, ++values, now);
        boolean lost = oneIn(UNANSWERED_ONE_IN);
        if (!lost || random.nextBoolean()) {
            client.steps.add(() -> append(client, send));
        }
        if (!lost) {
            client.steps.add(() -> send.acknowledged = now);
        } else {
            client.steps.add(() -> abandon(client, transaction));
        }
    }

    private void append(Client client, PlannedSend send) {
        if (writer != null && writer != send.transaction) {
            client.steps.addFirst(() -> append(client, send));
            return;
        }
        Log log = logs.get(send.partition);
        send.offset = log.end++;
        log.records.add(send);
        if (send.transaction.alone) {
            send.transaction.committed = true;
        } else {
            log.open.add(send.offset);
        }
    }

    /** The answer to a send has not come: the transaction must be aborted. */
    private void abandon(Client client, PlannedTransaction transaction) {
        if (!transaction.alone) {
            client.steps.add(() -> decide(client, transaction, false));
            client.steps.add(() -> transaction.ended = now);
        }
    }

    private void endTransaction(Client client, PlannedTransaction transaction) {
        boolean commits = !oneIn(4);
        if (commits) {
            transaction.commitAsked = now;
        }
        boolean decided = commits && !oneIn(UNANSWERED_ONE_IN);
        boolean answered = decided && !oneIn(UNANSWERED_ONE_IN);
        client.steps.add(() -> decide(client, transaction, decided));
        if (answered || !commits) {
            client.steps.add(() -> transaction.ended = now);
        }
    }

    /** The transaction is committed or aborted, which writes markers. */
    private void decide(Client client, PlannedTransaction transaction, boolean committed) {
        transaction.committed = committed;
        Set<Log> marked = new HashSet<>();
        for (PlannedSend send : transaction.sends) {
            Log log = logs.get(send.partition);
            if (log.open.remove(send.offset) && marked.add(log)) {
                log.end++;
            }
        }
        client.open = null;
        writer = null;
    }

    private void poll(Client client, PlannedTransaction transaction, Isolation isolation) {
        int partition = random.nextInt(logs.size());
        String reader = client.name + isolation + client.readers;
        PlannedPoll poll = new PlannedPoll(transaction, reader, isolation, partition, now);
        plan.polls.add(poll);
        client.steps.add(() -> read(client, poll));
        if (oneIn(UNANSWERED_ONE_IN)) {
            client.steps.add(() -> client.readers++);
        } else {
            client.steps.add(() -> poll.end = now);
        }
    }

    private void read(Client client, PlannedPoll poll) {
        Log log = logs.get(poll.partition);
        long end = log.end(poll.isolation);
        String at = poll.reader + "-" + poll.partition;
        int position = client.positions.getOrDefault(at, 0);
        int most = 1 + random.nextInt(GOT_MAX);
        for (; position < log.records.size() && poll.got.size() < most; position++) {
            PlannedSend send = log.records.get(position);
            if (send.offset >= end) {
                break;
            }
            if (poll.isolation == Isolation.UNCOMMITTED || send.transaction.committed) {
                poll.got.add(send);
            }
        }
        client.positions.put(at, position);
        boolean reachedEnd = position == log.records.size() || log.records.get(position).offset >= end;
        poll.logEnd = reachedEnd ? end : -1;
    }

    private void askEnd(Client client, Isolation isolation) {
        PlannedEnd asked = new PlannedEnd(client.name, isolation, random.nextInt(logs.size()), now);
        plan.ends.add(asked);
        client.steps.add(() -> {
            Log log = logs.get(asked.partition);
            asked.offset = log.end(isolation);
        });
        if (!oneIn(UNANSWERED_ONE_IN)) {
            client.steps.add(() -> asked.end = now);
        }
    }

    /** Every client ends its operation. */
    private void end() {
        while (clients.stream().anyMatch(client -> !client.steps.isEmpty() || client.open != null)) {
            for (Client client : clients) {
                now += STEP;
                if (!client.steps.isEmpty()) {
                    client.steps.remove().run();
                } else if (client.open != null) {
                    decide(client, client.open, false);
                }
            }
        }
        for (Log log : logs) {
            plan.atEnd.add(new ArrayList<>(log.records.stream()
                    .filter(send -> send.transaction.committed)
                    .toList()));
        }
    }

    private boolean oneIn(int n) {
        return random.nextInt(n) == 0;
    }
}
