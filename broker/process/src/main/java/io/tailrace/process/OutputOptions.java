package io.tailrace.process;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The option that chooses how a command prints its {@link OutputTable}: a picocli mixin. */
public final class OutputOptions {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec command = CommandSpec.create();

    @Option(
            names = "--output",
            paramLabel = "FORMAT",
            description = "Output format: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    private OutputFormat output = OutputFormat.TABLE;

    /** Prints a table to the command's standard output. */
    public void print(OutputTable table) {
        table.print(output, command.commandLine().getOut());
    }
}
