package dev.carillon.os;

import dev.carillon.runtime.JsVisibleException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.HashMap;
import java.util.Map;

/**
 * Turns what the JDK says about a failed file operation back into the error number it came from, and that into the
 * error guest code knows: {@code No such file or directory (os error 2): readfile 'x'}.
 *
 * <p>Source: Deno 2.9.6, observed; numbers and texts of Linux.
 */
enum IoFailure {
    EPERM(1, "Operation not permitted", "PermissionDenied"),
    ENOENT(2, "No such file or directory", "NotFound"),
    EINTR(4, "Interrupted system call", "Interrupted"),
    EIO(5, "Input/output error", "Error"),
    EBADF(9, "Bad file descriptor", "Error"),
    EAGAIN(11, "Resource temporarily unavailable", "WouldBlock"),
    ENOMEM(12, "Cannot allocate memory", "Error"),
    EACCES(13, "Permission denied", "PermissionDenied"),
    EBUSY(16, "Device or resource busy", "Error"),
    EEXIST(17, "File exists", "AlreadyExists"),
    EXDEV(18, "Invalid cross-device link", "Error"),
    ENOTDIR(20, "Not a directory", "NotADirectory"),
    EISDIR(21, "Is a directory", "IsADirectory"),
    EINVAL(22, "Invalid argument", "TypeError"),
    ENFILE(23, "Too many open files in system", "Error"),
    EMFILE(24, "Too many open files", "Error"),
    ETXTBSY(26, "Text file busy", "Error"),
    EFBIG(27, "File too large", "Error"),
    ENOSPC(28, "No space left on device", "Error"),
    EROFS(30, "Read-only file system", "Error"),
    EMLINK(31, "Too many links", "Error"),
    EPIPE(32, "Broken pipe", "BrokenPipe"),
    ENAMETOOLONG(36, "File name too long", "Error"),
    ENOTEMPTY(39, "Directory not empty", "Error"),
    ELOOP(40, "Too many levels of symbolic links", "FilesystemLoop");

    private static final Map<String, IoFailure> BY_TEXT = new HashMap<>();

    static {
        for (var failure : values()) {
            BY_TEXT.put(failure.text, failure);
        }
    }

    private final int number;
    private final String text;
    private final String jsClass;

    IoFailure(int number, String text, String jsClass) {
        this.number = number;
        this.text = text;
        this.jsClass = jsClass;
    }

    /** @param context what was tried, such as {@code readfile 'x'} */
    JsVisibleException in(String context) {
        return new JsVisibleException(jsClass, text + " (os error " + number + "): " + context, name(), null);
    }

    /** The error guest code sees for {@code e}. */
    static JsVisibleException of(IOException e, String context) {
        return switch (e) {
            case NoSuchFileException unused -> ENOENT.in(context);
            case FileAlreadyExistsException unused -> EEXIST.in(context);
            case DirectoryNotEmptyException unused -> ENOTEMPTY.in(context);
            case NotDirectoryException unused -> ENOTDIR.in(context);
            case AccessDeniedException unused -> EACCES.in(context);
            default -> {
                var reason = e instanceof FileSystemException fs ? fs.getReason() : e.getMessage();
                // Some channels put words of their own in front of the text of the system.
                var known = reason == null ? null : BY_TEXT.get(reason.strip());
                yield known != null
                        ? known.in(context)
                        : new JsVisibleException("Error", (reason == null ? e.toString() : reason) + ": " + context);
            }
        };
    }

    /** A name no system call can take: with a NUL in it, or a half of a surrogate pair. */
    static JsVisibleException of(InvalidPathException e, String context) {
        var why = e.getInput().indexOf('\0') >= 0
                ? "file name contained an unexpected NUL byte: "
                : "file name cannot be encoded: ";
        return new JsVisibleException("TypeError", why + context, EINVAL.name(), e);
    }
}
