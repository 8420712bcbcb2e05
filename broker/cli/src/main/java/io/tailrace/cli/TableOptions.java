package io.tailrace.cli;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** In which form a client command prints its table: a picocli mixin. */
final class TableOptions {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec command = CommandSpec.create();

    @Option(names = "--output", description = "${COMPLETION-CANDIDATES}; default ${DEFAULT-VALUE}.")
    private OutputFormat output = OutputFormat.TABLE;

    /** Prints the command's answer. */
    void print(Table table) {
        table.print(output, command.commandLine().getOut());
    }
}
