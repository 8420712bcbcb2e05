package io.tailrace.process;

import io.tailrace.config.ConfigException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/**
 * Runs a picocli command as every Tailrace process does.
 *
 * <p>Exit codes: 0 done, {@link #FAILURE} failed, {@link #USAGE} the command line or the configuration is wrong,
 * {@link #NEEDS_ATTENTION} done, but the result is over a limit, not healthy or incomplete. A failure is reported in one line
 * on standard error; {@code --verbose} adds the stack trace.
 */
public final class CommandRunner {
    public static final int FAILURE = 1;
    public static final int USAGE = 2;
    public static final int NEEDS_ATTENTION = 3;

    private static final String VERBOSE = "--verbose";

    private CommandRunner() {}

    /** Runs the command and ends the process with its exit code. */
    public static void main(Object command, String... args) {
        System.exit(commandLine(command).execute(args));
    }

    /** The command, ready to {@link CommandLine#execute}; tests give it their own writers. */
    public static CommandLine commandLine(Object command) {
        return commandLine(new CommandLine(command));
    }

    /** The command with its subcommands, ready to {@link CommandLine#execute}. */
    public static CommandLine commandLine(CommandLine commandLine) {
        addCommonOptions(commandLine);
        return commandLine
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler(CommandRunner::report);
    }

    private static void addCommonOptions(CommandLine commandLine) {
        commandLine
                .getCommandSpec()
                .addOption(OptionSpec.builder("-h", "--help")
                        .usageHelp(true)
                        .description("Shows this help.")
                        .build())
                .addOption(OptionSpec.builder(VERBOSE)
                        .description("Shows the stack trace of a failure.")
                        .build());
        commandLine.getSubcommands().values().forEach(CommandRunner::addCommonOptions);
    }

    private static int report(Exception failure, CommandLine commandLine, ParseResult parsed) {
        PrintWriter err = commandLine.getErr();
        Throwable cause = withoutWrapper(failure);
        err.println(commandLine.getCommandSpec().qualifiedName() + ": " + message(cause));
        if (isVerbose(parsed)) {
            failure.printStackTrace(err);
        }
        err.flush();
        return cause instanceof ConfigException ? USAGE : FAILURE;
    }

    /** Whether {@code --verbose} follows the command or any of its subcommands. */
    private static boolean isVerbose(ParseResult parsed) {
        return parsed.hasMatchedOption(VERBOSE) || (parsed.hasSubcommand() && isVerbose(parsed.subcommand()));
    }

    private static Throwable withoutWrapper(Throwable failure) {
        Throwable cause = failure.getCause();
        boolean wrapper = failure instanceof ExecutionException
                || failure instanceof CompletionException
                || failure instanceof UncheckedIOException;
        return wrapper && cause != null ? withoutWrapper(cause) : failure;
    }

    private static String message(Throwable failure) {
        String text = failure.getMessage();
        if (failure instanceof NoSuchFileException) {
            return text + ": no such file";
        }
        if (failure instanceof AccessDeniedException) {
            return text + ": permission denied";
        }
        if (text == null || text.isBlank()) {
            return failure.getClass().getSimpleName();
        }
        return failure instanceof IOException && failure.getClass() != IOException.class
                ? failure.getClass().getSimpleName() + ": " + text
                : text;
    }
}
