package io.tailrace.agent;

import io.tailrace.agent.checkpoint.AgentCheckpointFile;
import io.tailrace.agent.checkpoint.Checkpoint;
import io.tailrace.agent.inspect.CheckpointReset;
import io.tailrace.agent.inspect.CheckpointReset.Selection;
import io.tailrace.agent.inspect.CheckpointReset.Target;
import io.tailrace.agent.inspect.CheckpointTable;
import io.tailrace.agent.tail.Moment;
import io.tailrace.config.ConfigOptions;
import io.tailrace.process.OutputOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tailrace agent checkpoint}: shows how far files are acknowledged, or sets it. */
@Command(
        name = "checkpoint",
        description = "Shows how far each file is acknowledged, or sets it.",
        synopsisSubcommandLabel = "COMMAND")
final class CheckpointCommand {
    private CheckpointCommand() {}

    /** @param agent the options in front of {@code checkpoint} */
    static CommandLine commandLine(ConfigOptions agent) {
        return new CommandLine(new CheckpointCommand())
                .addSubcommand(new ShowCommand(agent))
                .addSubcommand(new ResetCommand(agent));
    }

    /** {@code tailrace agent checkpoint show}. */
    @Command(
            name = "show",
            description =
                    "Shows what the checkpoint holds, also of sources that are not configured any more. Works while the agent runs.")
    private static final class ShowCommand implements Callable<Integer> {
        private final ConfigOptions agent;

        @Mixin
        private ConfigOptions options = new ConfigOptions();

        @Mixin
        private OutputOptions output = new OutputOptions();

        private ShowCommand(ConfigOptions agent) {
            this.agent = agent;
        }

        @Override
        public Integer call() throws IOException {
            AgentConfig config = AgentKeys.agentConfig(options.read(AgentKeys.ALL, agent));
            try (AgentCheckpointFile file = new AgentCheckpointFile(config.dataDirectory())) {
                Checkpoint checkpoint = file.read()
                        .orElseThrow(() -> new IOException("data.dir=" + config.dataDirectory()
                                + ": there is no checkpoint; an agent writes one before it sends its first line"));
                output.print(CheckpointTable.of(checkpoint));
            }
            return 0;
        }
    }

    /** {@code tailrace agent checkpoint reset}. */
    @Command(
            name = "reset",
            description = {
                "Sets where files are read from next, and prints what it has set. The agent must not run.",
                "Lines that are sent again after --to beginning have the same host, fileId and byteOffset as before."
            })
    private static final class ResetCommand implements Callable<Integer> {
        private final ConfigOptions agent;

        @Spec
        private CommandSpec command = CommandSpec.create();

        @Mixin
        private ConfigOptions options = new ConfigOptions();

        @ArgGroup(exclusive = true, multiplicity = "1")
        private Files files = new Files();

        @Option(
                names = "--to",
                required = true,
                paramLabel = "TARGET",
                description = "${COMPLETION-CANDIDATES}: send a file again, or skip what it holds now.")
        private Target target = Target.BEGINNING;

        private ResetCommand(ConfigOptions agent) {
            this.agent = agent;
        }

        private static final class Files {
            @Option(names = "--source", paramLabel = "NAME", description = "All files of a source.")
            private @Nullable String source;

            @Option(names = "--path", paramLabel = "PATH", description = "One file, by its path.")
            private @Nullable String path;

            @Option(names = "--all", description = "All files.")
            private boolean all;
        }

        @Override
        public Integer call() throws IOException {
            AgentConfig config = AgentKeys.agentConfig(options.read(AgentKeys.ALL, agent));
            CheckpointReset reset = new CheckpointReset(
                    config.dataDirectory(),
                    config.sources().stream().map(Source::tail).toList());
            PrintWriter out = command.commandLine().getOut();
            Selection selection = files.all ? Selection.ALL : new Selection(files.source, files.path);
            reset.reset(selection, target, Moment.now()).forEach(out::println);
            out.flush();
            return 0;
        }
    }
}
