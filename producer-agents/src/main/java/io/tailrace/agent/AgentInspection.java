package io.tailrace.agent;

import io.tailrace.agent.checkpoint.AgentCheckpointFile;
import io.tailrace.agent.checkpoint.Checkpoint;
import io.tailrace.agent.checkpoint.DataDirectoryLock;
import io.tailrace.agent.inspect.BrokerCheck;
import io.tailrace.agent.inspect.CheckReport;
import io.tailrace.agent.inspect.DryRun;
import io.tailrace.agent.inspect.FileStatus;
import io.tailrace.agent.inspect.PathCheck;
import io.tailrace.agent.inspect.RegistryCheck;
import io.tailrace.agent.inspect.StateCheck;
import io.tailrace.agent.inspect.TransactionCheck;
import io.tailrace.agent.tail.Directories;
import io.tailrace.agent.tail.FileSelection;
import io.tailrace.agent.tail.FoundFiles;
import io.tailrace.agent.tail.Moment;
import io.tailrace.agent.tail.Multiline;
import io.tailrace.agent.tail.OpenFiles;
import io.tailrace.agent.tail.SourceTail;
import io.tailrace.agent.tail.TailResources;
import io.tailrace.agent.transaction.AgentTransactionConfig;
import io.tailrace.client.ClientConfig;
import io.tailrace.client.ClusterAdmin;
import io.tailrace.client.TransactionAdmin;
import io.tailrace.config.Config;
import io.tailrace.process.CommandRunner;
import io.tailrace.process.OutputOptions;
import io.tailrace.schemas.HttpSchemaRegistryClient;
import io.tailrace.schemas.Schemas;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.FileSystem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.avro.Schema;

/** What {@code tailrace agent} does with {@code --check}, {@code --status} and {@code --dry-run}. */
final class AgentInspection {
    private static final Duration CHECK_LIMIT = Duration.ofSeconds(15);
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(3);

    private final Config config;
    private final AgentConfig agent;
    private final PrintWriter out;
    private final PrintWriter err;

    AgentInspection(Config config, PrintWriter out, PrintWriter err) {
        this.config = config;
        this.agent = AgentKeys.agentConfig(config);
        this.out = out;
        this.err = err;
    }

    private FileSystem fileSystem() {
        return agent.dataDirectory().getFileSystem();
    }

    /** Checks everything that the agent needs. Returns the exit code: 1 if anything has failed. */
    int check(OutputOptions output) throws InterruptedException {
        ExecutorService threads = Executors.newCachedThreadPool(AgentCommand::backgroundThread);
        CheckReport report = new CheckReport(threads, CHECK_LIMIT);
        Moment now = Moment.now();
        report.run("data.dir", () -> StateCheck.dataDirectory(agent.dataDirectory()));
        report.run("clock", () -> StateCheck.clock(now.wallMs()));
        for (Source source : agent.sources()) {
            PathCheck paths = new PathCheck(source.tail(), fileSystem());
            report.run("source " + source.name(), () -> paths.run(now.wallMs()));
        }
        checkBrokers(report);
        checkRegistry(report);
        threads.shutdownNow();
        output.print(report.table());
        return report.hasFailed() ? CommandRunner.FAILURE : 0;
    }

    private void checkBrokers(CheckReport report) throws InterruptedException {
        String bootstrap = config.value(AgentKeys.BOOTSTRAP_SERVERS);
        ClientConfig client = AgentCommand.clientConfig(config, agent, (int) REQUEST_TIMEOUT.toMillis());
        try (ClusterAdmin admin = ClusterAdmin.create(client)) {
            BrokerCheck check = new BrokerCheck(
                    admin, bootstrap, new BrokerCheck.Limits(AgentCommand.BLOCK_BYTES, agent.eventAheadMaxMs()));
            report.run("brokers", check::cluster);
            if (!report.hasFailed("brokers")) {
                for (String topic : schemas().keySet()) {
                    boolean isCreated = topic.equals(agent.audit().progressTopic());
                    report.run("topic " + topic, () -> check.topic(topic, isCreated));
                }
                if (agent.transactions().isPresent()) {
                    checkTransactions(report, agent.transactions().get(), admin, client);
                }
            }
        }
    }

    private void checkTransactions(
            CheckReport report, AgentTransactionConfig transactions, ClusterAdmin admin, ClientConfig client)
            throws InterruptedException {
        String bootstrap = config.value(AgentKeys.BOOTSTRAP_SERVERS);
        try (TransactionAdmin transactionAdmin = TransactionAdmin.create(client)) {
            TransactionCheck check = new TransactionCheck(admin, transactionAdmin, transactions, bootstrap);
            report.run("transactions", check::version);
            report.run(check.transactionalId(), check::coordinator);
            report.run(check.topic(), check::positions);
        }
    }

    private void checkRegistry(CheckReport report) throws InterruptedException {
        URI address = config.value(AgentKeys.REGISTRY_URL);
        HttpSchemaRegistryClient registry = new HttpSchemaRegistryClient(address, REQUEST_TIMEOUT);
        RegistryCheck check = new RegistryCheck(registry, registry::incompatibilities, address);
        report.run("registry", check::registry);
        if (!report.hasFailed("registry")) {
            for (Map.Entry<String, List<Schema>> topic : schemas().entrySet()) {
                for (Schema schema : topic.getValue()) {
                    report.run("topic " + topic.getKey(), () -> check.schema(topic.getKey(), schema));
                }
            }
        }
    }

    /** The topics that the agent sends to, and the schemas of their records. */
    private Map<String, List<Schema>> schemas() {
        Map<String, List<Schema>> schemas = new LinkedHashMap<>();
        for (Source source : agent.sources()) {
            List<Schema> ofTopic = schemas.computeIfAbsent(source.topic(), added -> new ArrayList<>());
            Schema schema = source.parser().schema();
            if (!ofTopic.contains(schema)) {
                ofTopic.add(schema);
            }
        }
        schemas.computeIfAbsent(agent.deadLetterTopic(), added -> new ArrayList<>())
                .add(Schemas.DEAD_LETTER);
        schemas.computeIfAbsent(agent.audit().topic(), added -> new ArrayList<>())
                .add(Schemas.AUDIT_COUNT);
        schemas.computeIfAbsent(agent.audit().progressTopic(), added -> new ArrayList<>())
                .add(Schemas.AUDIT_PROGRESS);
        return schemas;
    }

    /** Shows each file. Returns the exit code: 3 if the agent does not run or cannot send, or something cannot be read. */
    int status(OutputOptions output) throws IOException {
        boolean isRunning = DataDirectoryLock.isHeld(agent.dataDirectory());
        Checkpoint checkpoint = readCheckpoint();
        long wallMs = Moment.now().wallMs();
        List<FileStatus> files = new ArrayList<>();
        boolean isHealthy = isRunning;
        for (Source source : agent.sources()) {
            FoundFiles found = FoundFiles.of(source.tail(), fileSystem());
            List<FileStatus> ofSource = FileStatus.of(source.tail(), found, checkpoint, wallMs);
            files.addAll(ofSource);
            found.problems().forEach(problem -> err.println("source " + source.name() + ": " + problem));
            isHealthy &= found.problems().isEmpty() && ofSource.stream().allMatch(file -> file.error() == null);
        }
        output.print(FileStatus.table(files));
        if (isRunning) {
            List<String> problems = ProblemsFile.read(agent.dataDirectory());
            problems.forEach(err::println);
            isHealthy &= problems.isEmpty();
        } else {
            err.println("no agent is running in data.dir=" + agent.dataDirectory()
                    + ": positions are those of its last checkpoint");
        }
        err.flush();
        return isHealthy ? 0 : CommandRunner.NEEDS_ATTENTION;
    }

    private Checkpoint readCheckpoint() throws IOException {
        try (AgentCheckpointFile file = new AgentCheckpointFile(agent.dataDirectory())) {
            return file.read().orElseGet(() -> Checkpoint.initial("new"));
        }
    }

    private boolean isStream(Source source) {
        return source.tail().globs().contains(FileSelection.STANDARD_INPUT)
                || !FoundFiles.of(source.tail(), fileSystem()).pipes().isEmpty();
    }

    /** Prints what would be sent. Returns the exit code: 3 if there are dead letters, or paths that cannot be read. */
    int dryRun(long linesMax) {
        boolean isClean = true;
        for (Source source : agent.sources()) {
            if (isStream(source)) {
                err.println("source " + source.name()
                        + ": not read, as what a dry run takes from a pipe or standard input is lost; try a file");
                isClean = false;
                continue;
            }
            LineEncoder encoder = LineEncoder.unregistered(source, agent);
            OpenFiles openFiles = new OpenFiles(agent.filesOpenMax());
            try (Directories directories = Directories.of(false);
                    SourceTail tail = new SourceTail(
                            source.tail(), new TailResources(fileSystem(), directories, openFiles), List.of())) {
                DryRun run = new DryRun(agent.host(), encoder, encoder.schema(), out);
                Moment now = Moment.now();
                long recordTimeoutMs =
                        source.tail().multiline().map(Multiline::timeoutMs).orElse(0L);
                run.run(tail, openFiles, now, recordTimeoutMs, linesMax);
                out.flush();
                // Copies and files that cannot be read are among the obstacles, other paths among the problems.
                Set<String> problems = new LinkedHashSet<>(tail.problems());
                problems.addAll(tail.isAtEnd() ? List.of() : tail.readState(now).obstacles());
                problems.forEach(problem -> err.println("source " + source.name() + ": " + problem));
                err.println("source " + source.name() + ": " + run.lines() + " lines, " + run.deadLetters()
                        + " of them dead letters, " + run.droppedLines() + " dropped");
                isClean &= run.deadLetters() == 0 && problems.isEmpty();
            }
        }
        err.flush();
        return isClean ? 0 : CommandRunner.NEEDS_ATTENTION;
    }
}
