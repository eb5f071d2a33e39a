package dev.carillon.kv.log;

import dev.carillon.kv.KvException;
import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The file of a database: a header, then one record after the other; only its end is ever written. Records as {@link
 * Records} makes them.
 *
 * <p>A record counts once it is whole; what a process that was killed left half written is cut off. What the operating
 * system has taken survives the process; {@link #sync} makes it survive the machine.
 *
 * <p>Threads: one at a time, {@link #sync} any.
 * <p>Closing: once; gives the file free for other processes.
 */
final class LogFile implements AutoCloseable {
    private static final byte[] MAGIC = "Carillon KV 1\n\0\0".getBytes(StandardCharsets.ISO_8859_1);
    private static final String LOCK_SUFFIX = ".lock";
    private static final String NEW_SUFFIX = ".new";
    private static final int BUFFER = 1 << 16;

    private static final System.Logger LOG = System.getLogger(LogFile.class.getName());

    private final Path path;
    private final FileChannel lockFile;
    // Not a FileChannel: that one closes when a thread that reads it is interrupted, as a runtime's thread may be.
    private volatile RandomAccessFile file;
    private long end;

    private LogFile(Path path, FileChannel lockFile, RandomAccessFile file) {
        this.path = path;
        this.lockFile = lockFile;
        this.file = file;
    }

    /**
     * Opens the file, creating it if need be, and tells every commit in it.
     *
     * @throws KvException what scripts see: it cannot be opened, is no database, or belongs to another process
     */
    static LogFile open(Path path, Consumer<Records.Commit> each) {
        FileChannel lockFile = null;
        RandomAccessFile file = null;
        try {
            if (Files.isDirectory(path)) {
                throw KvException.cannotOpen(path, null);
            }
            lockFile = lock(path);
            file = new RandomAccessFile(path.toFile(), "rw");
            var log = new LogFile(path, lockFile, file);
            log.end = log.replay(each);
            return log;
        } catch (IOException | RuntimeException e) {
            closeQuietly(file, e);
            closeQuietly(lockFile, e);
            throw e instanceof RuntimeException already ? already : KvException.cannotOpen(path, e);
        }
    }

    /*
     * The lock is on a file of its own: the database's is replaced when it is written anew, and a process that opens and
     * closes a file it has locked loses the lock.
     */
    private static FileChannel lock(Path path) throws IOException {
        var channel = FileChannel.open(
                path.resolveSibling(path.getFileName() + LOCK_SUFFIX),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE);
        FileLock lock;
        try {
            lock = channel.tryLock();
        } catch (OverlappingFileLockException e) {
            lock = null;
        }
        if (lock == null) {
            channel.close();
            throw KvException.locked(path);
        }
        return channel;
    }

    private static void closeQuietly(@Nullable Closeable open, Exception cause) {
        if (open != null) {
            try {
                open.close();
            } catch (IOException e) {
                cause.addSuppressed(e);
            }
        }
    }

    private long replay(Consumer<Records.Commit> each) throws IOException {
        long length = file.length();
        var head = new byte[(int) Math.min(length, MAGIC.length)];
        file.readFully(head);
        if (!Arrays.equals(head, Arrays.copyOf(MAGIC, head.length))) {
            throw KvException.notADatabase();
        }
        if (head.length < MAGIC.length) { // new, or its maker was killed
            file.setLength(0);
            file.write(MAGIC);
            return MAGIC.length;
        }
        long good = readAll(length, each);
        if (good < length) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "{0} ends with {1} bytes of a commit that was never finished: cut off",
                    path,
                    length - good);
            file.setLength(good);
        }
        file.seek(good);
        return good;
    }

    /** @return where the last whole record ends */
    private long readAll(long length, Consumer<Records.Commit> each) throws IOException {
        long position = MAGIC.length;
        try (var in = new DataInputStream(new BufferedInputStream(Files.newInputStream(path), BUFFER))) {
            in.skipNBytes(position);
            while (length - position >= Records.FRAME_BYTES) {
                int size = in.readInt();
                int checksum = in.readInt();
                if (size < Long.BYTES || size > length - position - Records.FRAME_BYTES) {
                    break;
                }
                var record = in.readNBytes(size);
                if (Records.checksum(record, 0, size) != checksum) {
                    break;
                }
                each.accept(Records.read(record, position + Records.FRAME_BYTES));
                position += Records.FRAME_BYTES + size;
            }
        } catch (EOFException e) {
            // it became shorter while we read: what was whole counts
        }
        return position;
    }

    long length() {
        return end;
    }

    /**
     * All of it or nothing.
     *
     * @return where the record begins
     */
    long append(Records.Record record) {
        long position = end;
        try {
            file.seek(position);
            file.write(record.bytes(), 0, record.length());
        } catch (IOException e) {
            try {
                file.setLength(position);
            } catch (IOException e2) {
                e.addSuppressed(e2); // the half record is overwritten by the next, or cut off at the next open
            }
            throw failed("write to", e);
        }
        end = position + record.length();
        return position;
    }

    byte[] read(long position, int length) {
        var bytes = new byte[length];
        try {
            file.seek(position);
            file.readFully(bytes);
        } catch (IOException e) {
            throw failed("read from", e);
        }
        return bytes;
    }

    void sync() {
        try {
            file.getFD().sync();
        } catch (IOException e) {
            throw failed("sync", e);
        }
    }

    /** An empty file that can take this one's place. */
    LogFile beginAnew() {
        var place = path.resolveSibling(path.getFileName() + NEW_SUFFIX);
        RandomAccessFile fresh = null;
        try {
            fresh = new RandomAccessFile(place.toFile(), "rw");
            fresh.setLength(0);
            fresh.write(MAGIC);
        } catch (IOException e) {
            closeQuietly(fresh, e);
            throw failed("write anew", e);
        }
        var log = new LogFile(place, lockFile, fresh);
        log.end = MAGIC.length;
        return log;
    }

    /** Appends bytes {@code from} to {@code to} of {@code other}: whole records. */
    void copy(LogFile other, long from, long to) {
        for (long at = from; at < to; at += BUFFER) {
            var bytes = other.read(at, (int) Math.min(BUFFER, to - at));
            append(new Records.Record(bytes, bytes.length));
        }
    }

    /** Puts {@code fresh}, which is on disk, in this file's place, for good. */
    void replaceBy(LogFile fresh) {
        try {
            Files.move(fresh.path, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            var old = file;
            file = fresh.file;
            end = fresh.end;
            closeOld(old);
        } catch (IOException e) {
            throw failed("replace", e);
        }
    }

    private void closeOld(RandomAccessFile old) {
        try {
            old.close();
        } catch (IOException e) { // nobody reads it any more
            LOG.log(System.Logger.Level.WARNING, "cannot close what was " + path, e);
        }
    }

    /** Gives a file that {@link #beginAnew} began up. */
    void discard() {
        try {
            file.close();
            Files.deleteIfExists(path);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "cannot delete " + path, e);
        }
    }

    @Override
    public void close() {
        var last = file;
        try (lockFile;
                last) {
            last.getFD().sync();
        } catch (IOException e) {
            throw failed("close", e);
        }
    }

    private UncheckedIOException failed(String what, IOException e) {
        return new UncheckedIOException("cannot " + what + " " + path + ": " + e.getMessage(), e);
    }
}
