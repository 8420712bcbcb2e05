package io.tailrace.agent;

import java.io.IOException;
import java.util.OptionalInt;
import java.util.Random;
import java.util.function.Consumer;

/** What random histories do to a log: lines are written to it, and it is rotated in one of several ways. */
final class LogMoves {
    private final Random random;
    private final Consumer<String> trace;

    /** @param trace gets what is done, before it is */
    LogMoves(Random random, Consumer<String> trace) {
        this.random = random;
        this.trace = trace;
    }

    /** Does one thing to a log, of those that its state allows. */
    void move(SimulatedLog log) throws IOException {
        if (random.nextInt(2) == 0) {
            write(log);
        } else if (log.isCopied()) {
            trace.accept("truncate");
            log.truncate();
        } else if (log.isRenamed() && random.nextInt(2) == 0) {
            trace.accept("reopen");
            log.reopen();
        } else if (log.isCompressing()) {
            trace.accept("end of compression");
            log.endCompression();
        } else {
            rotate(log);
        }
    }

    private void write(SimulatedLog log) throws IOException {
        int count = 1 + random.nextInt(10);
        OptionalInt last = random.nextInt(4) == 0 ? OptionalInt.of(random.nextInt(40)) : OptionalInt.empty();
        trace.accept("write " + count + " lines, the last one " + (last.isPresent() ? "in part" : "whole"));
        log.write(count, last);
    }

    private void rotate(SimulatedLog log) throws IOException {
        int kind = random.nextInt(12);
        if (kind >= 7 && log.mayCompress()) {
            int bytes = random.nextInt(80);
            trace.accept("compress, at first " + bytes + " bytes");
            log.compress(bytes);
        } else if (kind == 6) {
            log.deleteOldest().ifPresent(path -> trace.accept("deleted " + path));
        } else if (!log.isRenamed() && !log.isEmpty()) {
            switch (kind) {
                case 0, 1 -> {
                    trace.accept("rename");
                    log.rename();
                }
                case 2 -> {
                    trace.accept("rename and reopen");
                    log.rename();
                    log.reopen();
                }
                case 3, 4 -> {
                    trace.accept("copy");
                    log.copy();
                }
                case 5 -> {
                    trace.accept("copy and truncate");
                    log.copy();
                    log.truncate();
                }
                case 7 -> {
                    trace.accept("replace in place");
                    log.replace(1 + random.nextInt(10));
                }
                case 8 -> {
                    trace.accept("rename to a name that is not looked for");
                    log.hide();
                }
                default -> {}
            }
        }
    }
}
