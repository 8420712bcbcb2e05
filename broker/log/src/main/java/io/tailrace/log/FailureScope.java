package io.tailrace.log;

import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.List;

/**
 * The scope of an {@link IOException}: one operation, or the whole log directory. Only this class classifies exceptions of the
 * file system; {@code docs/adr/0080} lists and explains the cases. An error that is not known to be harmless counts as a failure
 * of the disk.
 *
 * <p>Java reports most error numbers only by their message. {@code scripts/tailrace} keeps messages in English.
 */
enum FailureScope {
    /** One operation on one file failed; the disk works. */
    OPERATION,
    /** The disk or a quota is full. Nothing is damaged, and a later attempt may succeed. */
    SPACE,
    /** The disk can no longer be trusted. */
    DIRECTORY;

    private static final List<String> NO_SPACE = List.of("No space left on device", "Disk quota exceeded");

    /** ENAMETOOLONG, EMFILE and ENFILE, EFBIG, EMLINK, ENOMEM. */
    private static final List<String> HARMLESS = List.of(
            "File name too long", "Too many open files", "File too large", "Too many links", "Cannot allocate memory");

    /** The scope of a failure of a file in a log directory. */
    static FailureScope of(IOException failure, Path logDirectory) {
        if (failure instanceof LogDirectoryOfflineException || failure instanceof ForceFailedException) {
            return DIRECTORY;
        }
        String reason = reasonOf(failure);
        if (NO_SPACE.stream().anyMatch(reason::contains)) {
            return SPACE;
        }
        if (isAboutOnePath(failure)) {
            // The directory itself may have vanished.
            return Files.isDirectory(logDirectory) && Files.isWritable(logDirectory) ? OPERATION : DIRECTORY;
        }
        return isHarmless(failure) || HARMLESS.stream().anyMatch(reason::contains) ? OPERATION : DIRECTORY;
    }

    private static String reasonOf(IOException failure) {
        String reason = failure instanceof FileSystemException named ? named.getReason() : failure.getMessage();
        return reason == null ? "" : reason;
    }

    private static boolean isAboutOnePath(IOException failure) {
        return failure instanceof NoSuchFileException
                || failure instanceof AccessDeniedException
                || failure instanceof NotDirectoryException;
    }

    private static boolean isHarmless(IOException failure) {
        return failure instanceof CorruptLogException
                || failure instanceof LogClosedException
                || failure instanceof LogOperationException
                || failure instanceof FileAlreadyExistsException
                || failure instanceof DirectoryNotEmptyException
                || failure instanceof ClosedChannelException
                || failure instanceof CharacterCodingException
                || failure instanceof EOFException;
    }
}
