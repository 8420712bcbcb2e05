package io.tailrace.cli;

import picocli.CommandLine.Option;

/** The options of every command, added by {@link CommandRunner}. */
final class CommonOptions {
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Shows this help.")
    private boolean help;

    @Option(names = "--verbose", description = "Shows the stack trace of a failure.")
    private boolean verbose;
}
