package io.tailrace.systemtests.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.opentest4j.TestAbortedException;

/**
 * One client's table in {@code docs/compatibility.md}, registered as a static extension of the class that tests the client,
 * with a lower {@code @Order} than the cluster. A test that passes gives the rows: an {@link Operation} on the method, or calls
 * of {@link #record}. After the last test, the rows that were found are compared with the document, or written to it if the
 * environment variable {@code TAILRACE_COMPATIBILITY} is {@code write}. If the client is not installed, the class is skipped.
 *
 * <p>Versions are shown in the document but not compared, since those of installed programs differ between machines.
 */
final class CompatibilityTable implements BeforeAllCallback, AfterTestExecutionCallback, AfterAllCallback {
    static final String YES = "yes";
    static final String ABSENT = "—";
    private static final Path DOCUMENT = Path.of("..", "docs", "compatibility.md");
    private static final boolean WRITE = "write".equals(System.getenv("TAILRACE_COMPATIBILITY"));

    private final String client;
    private final String installCommand;
    private final Supplier<Optional<String>> installedVersion;
    private final Map<String, Map<String, String>> outcomes = new TreeMap<>();
    private final List<String> versions = new ArrayList<>();
    private final List<String> absent = new ArrayList<>();
    private boolean failed;

    private CompatibilityTable(
            String client, String installCommand, Supplier<Optional<String>> installedVersion, List<String> versions) {
        this.client = client;
        this.installCommand = installCommand;
        this.installedVersion = installedVersion;
        this.versions.addAll(versions);
    }

    /**
     * The table of a program that may be missing on this machine.
     *
     * @param client the heading in the document
     * @param installCommand what a user runs to install it, such as {@code apt-get install kcat}
     * @param installedVersion its version; empty if it is not installed
     */
    static CompatibilityTable ofInstalled(
            String client, String installCommand, Supplier<Optional<String>> installedVersion) {
        return new CompatibilityTable(client, installCommand, installedVersion, List.of());
    }

    /** The table of a client that the build provides, with a column for each version. */
    static CompatibilityTable ofVersions(String client, String... versions) {
        return new CompatibilityTable(client, "", Optional::empty, List.of(versions));
    }

    /** Names operations that the client does not have, which others have. */
    CompatibilityTable lacking(String... operations) {
        absent.addAll(List.of(operations));
        return this;
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        if (versions.isEmpty()) {
            versions.add(installedVersion
                    .get()
                    .orElseThrow(() -> new TestAbortedException(
                            client + " is not installed; install it with: " + installCommand)));
        }
        versions.forEach(version -> absent.forEach(operation -> record(operation, version, ABSENT)));
    }

    @Override
    public void afterTestExecution(ExtensionContext context) {
        if (context.getExecutionException().isPresent()) {
            failed = true;
            return;
        }
        Operation operation = context.getRequiredTestMethod().getAnnotation(Operation.class);
        if (operation != null) {
            record(operation.value(), operation.outcome());
        }
    }

    /** Says what became of an operation of a client that has one version. */
    void record(String operation, String outcome) {
        record(operation, versions.get(0), outcome);
    }

    /** Says what became of an operation with one of the versions. */
    void record(String operation, String version, String outcome) {
        if (!versions.contains(version)) {
            throw new IllegalArgumentException(
                    "version " + version + " of " + client + ": expected one of " + versions);
        }
        outcomes.computeIfAbsent(operation, each -> new TreeMap<>()).put(version, outcome);
    }

    @Override
    public void afterAll(ExtensionContext context) throws IOException {
        if (versions.isEmpty() || failed || outcomes.isEmpty()) {
            return; // skipped, or there is a failure to mend first
        }
        boolean isComplete = outcomes.keySet().containsAll(declared(context.getRequiredTestClass()));
        List<List<String>> rows = rows();
        CompatibilityDocument document = new CompatibilityDocument(Files.readString(DOCUMENT));
        if (WRITE) {
            assertThat(isComplete).as("all operations of " + client + " ran").isTrue();
            Files.writeString(DOCUMENT, document.withTable(client, versions, rows));
            return;
        }
        List<List<String>> documented = document.rows(client);
        String advice = "docs/compatibility.md differs from what %s did; write it with: scripts/dev compatibility %s"
                .formatted(client, context.getRequiredTestClass().getSimpleName());
        if (isComplete) {
            assertThat(documented).as(advice).isEqualTo(rows);
        } else {
            assertThat(documented).as(advice).containsAll(rows);
        }
    }

    /** One row for each operation: its name, then the outcome with each version. */
    private List<List<String>> rows() {
        List<List<String>> rows = new ArrayList<>();
        outcomes.forEach((operation, byVersion) -> {
            List<String> row = new ArrayList<>(List.of(operation));
            versions.forEach(version -> row.add(byVersion.getOrDefault(version, "")));
            rows.add(Collections.unmodifiableList(row));
        });
        return rows;
    }

    private static Set<String> declared(Class<?> tests) {
        Set<String> operations = new LinkedHashSet<>();
        for (Class<?> each = tests; each != null; each = each.getSuperclass()) {
            Arrays.stream(each.getDeclaredMethods())
                    .map(method -> method.getAnnotation(Operation.class))
                    .filter(operation -> operation != null)
                    .forEach(operation -> operations.add(operation.value()));
        }
        return operations;
    }
}
