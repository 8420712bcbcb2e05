package io.tailrace.agent.inspect;

import io.tailrace.process.OutputTable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** Runs checks and collects what they find, in order. A check that does not end in time has failed. Not thread-safe. */
public final class CheckReport {
    private final Executor executor;
    private final Duration limit;
    private final List<Finding> findings = new ArrayList<>();

    /** How bad a finding is. */
    public enum Verdict {
        OK,
        /** The agent works, but probably not as intended. */
        WARN,
        /** The agent does not work until this is fixed. */
        FAIL
    }

    /**
     * What a check has found.
     *
     * @param subject what was checked
     * @param text what was found, and what to do
     */
    public record Finding(Verdict verdict, String subject, String text) {
        static Finding ok(String subject, String text) {
            return new Finding(Verdict.OK, subject, text);
        }

        static Finding warn(String subject, String text) {
            return new Finding(Verdict.WARN, subject, text);
        }

        static Finding fail(String subject, String text) {
            return new Finding(Verdict.FAIL, subject, text);
        }
    }

    /**
     * An empty report.
     *
     * @param executor runs the checks, which may hang
     * @param limit of each check
     */
    public CheckReport(Executor executor, Duration limit) {
        this.executor = executor;
        this.limit = limit;
    }

    /** Runs a check, and waits for it for as long as the limit allows. */
    public void run(String subject, Supplier<List<Finding>> check) throws InterruptedException {
        CompletableFuture<List<Finding>> running = CompletableFuture.supplyAsync(check, executor);
        try {
            findings.addAll(running.get(limit.toMillis(), TimeUnit.MILLISECONDS));
        } catch (TimeoutException e) {
            findings.add(Finding.fail(subject, "no answer within " + limit.toSeconds() + " s"));
        } catch (ExecutionException e) {
            findings.add(Finding.fail(subject, String.valueOf(e.getCause())));
        }
    }

    /** What was found. */
    public List<Finding> findings() {
        return List.copyOf(findings);
    }

    /** Whether something has to be fixed before the agent works. */
    public boolean hasFailed() {
        return findings.stream().anyMatch(finding -> finding.verdict == Verdict.FAIL);
    }

    /** Whether something about a subject has to be fixed. */
    public boolean hasFailed(String subject) {
        return findings.stream()
                .anyMatch(finding -> finding.verdict == Verdict.FAIL && finding.subject.equals(subject));
    }

    /** A row for each finding. */
    public OutputTable table() {
        OutputTable table = new OutputTable("RESULT", "SUBJECT", "DETAIL");
        findings.forEach(finding -> table.add(finding.verdict.name(), finding.subject, finding.text));
        return table;
    }
}
