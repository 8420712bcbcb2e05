package io.tailrace.agent.inspect;

import io.tailrace.agent.inspect.CheckReport.Finding;
import io.tailrace.agent.tail.FileSelection;
import io.tailrace.agent.tail.FoundFiles;
import io.tailrace.agent.tail.FoundFiles.FoundFile;
import io.tailrace.agent.tail.TailConfig;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Checks that the files of a source are there and can be read by this process's user. */
public final class PathCheck {
    /** A file's time may be ahead by the resolution of clocks and by another machine's clock. */
    private static final long AHEAD_MS_MAX = 60_000;

    private static final int NAMED_MAX = 5;

    private final TailConfig source;
    private final FileSystem fileSystem;
    private final String subject;

    public PathCheck(TailConfig source, FileSystem fileSystem) {
        this.source = source;
        this.fileSystem = fileSystem;
        this.subject = "source " + source.source();
    }

    /** Looks at the files. */
    public List<Finding> run(long wallMs) {
        FoundFiles found = FoundFiles.of(source, fileSystem);
        List<Finding> findings = new ArrayList<>();
        for (String problem : found.problems()) {
            boolean isNamed = findings.stream().anyMatch(finding -> finding.text()
                    .contains(problem.replace(": cannot be read", " cannot be entered")));
            if (!isNamed) {
                findings.add(Finding.fail(subject, problem + advice(problem)));
            }
        }
        List<FoundFile> unreadable = found.files().stream()
                .filter(file -> !Files.isReadable(file.path()))
                .toList();
        unreadable.stream()
                .limit(NAMED_MAX)
                .forEach(file ->
                        findings.add(Finding.fail(subject, file.path() + " cannot be read" + access(file.path()))));
        if (unreadable.size() > NAMED_MAX) {
            findings.add(Finding.fail(subject, (unreadable.size() - NAMED_MAX) + " more files cannot be read"));
        }
        for (Path pipe : found.pipes()) {
            findings.add(
                    Files.isReadable(pipe)
                            ? Finding.ok(subject, pipe + " is a named pipe that can be read")
                            : Finding.fail(subject, pipe + " cannot be read" + access(pipe)));
        }
        if (source.globs().contains(FileSelection.STANDARD_INPUT)) {
            findings.add(Finding.ok(subject, "reads standard input"));
        }
        int readable = found.files().size() - unreadable.size();
        if (readable > 0) {
            long bytes = found.files().stream().mapToLong(FoundFile::sizeBytes).sum();
            findings.add(Finding.ok(subject, readable + " files can be read, " + bytes + " bytes"));
        }
        found.files().stream()
                .filter(file -> file.modifiedMs() - wallMs > AHEAD_MS_MAX)
                .findFirst()
                .ifPresent(file -> findings.add(Finding.warn(
                        subject,
                        file.path() + " was written to " + (file.modifiedMs() - wallMs) / 1_000
                                + " s ahead of the clock: check the machine's clock")));
        return findings;
    }

    /** What to do about a glob that matches nothing: names the first directory that is missing or cannot be entered. */
    private String advice(String problem) {
        for (String glob : source.globs()) {
            if (problem.startsWith(glob + ": no file matches")) {
                Path directory = fileSystem.getPath(fixedPart(glob));
                Path blocked = firstBlocked(directory);
                if (blocked == null) {
                    return ": correct the path; an empty file is enough for a log that is not written to yet";
                }
                return Files.exists(blocked)
                        ? ": " + blocked + " cannot be entered" + access(blocked)
                        : ": " + blocked + " does not exist, or a directory above it cannot be entered";
            }
        }
        return problem.endsWith("cannot be read") ? ": check its permissions" : "";
    }

    /** The directory above a glob's first wildcard. */
    private static String fixedPart(String glob) {
        int wildcard = 0;
        while (wildcard < glob.length() && "*?[{\\".indexOf(glob.charAt(wildcard)) < 0) {
            wildcard++;
        }
        return glob.substring(0, Math.max(1, glob.lastIndexOf('/', wildcard)));
    }

    private @Nullable Path firstBlocked(Path directory) {
        Path at = directory.getRoot();
        for (Path name : directory) {
            at = at == null ? name : at.resolve(name);
            if (!Files.isDirectory(at) || !Files.isExecutable(at) || !Files.isReadable(at)) {
                return at;
            }
        }
        return null;
    }

    private static String access(Path path) {
        String user = System.getProperty("user.name", "");
        try {
            PosixFileAttributes attributes = Files.readAttributes(path, PosixFileAttributes.class);
            return " by " + user + " (" + PosixFilePermissions.toString(attributes.permissions()) + " "
                    + attributes.owner().getName() + ":" + attributes.group().getName()
                    + "): add the user to the group "
                    + attributes.group().getName() + ", if that may read it";
        } catch (IOException | UnsupportedOperationException e) {
            return " by " + user;
        }
    }
}
