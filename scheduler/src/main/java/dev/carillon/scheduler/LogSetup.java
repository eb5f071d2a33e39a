package dev.carillon.scheduler;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import org.slf4j.LoggerFactory;

/** The service's log on standard output: lines for people, or a JSON object a line for programs. */
public final class LogSetup {
    private LogSetup() {}

    /** Replaces whatever logging was set up before. */
    public static void apply(Configuration.Log log) {
        if (!(LoggerFactory.getILoggerFactory() instanceof LoggerContext context)) {
            return; // embedded where somebody else logs
        }
        context.reset();
        var appender = new ConsoleAppender<ILoggingEvent>();
        appender.setContext(context);
        appender.setName("stdout");
        appender.setEncoder(encoder(log.format(), context));
        appender.start();
        var root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        root.addAppender(appender);
        root.setLevel(Level.WARN); // libraries say only what matters
        var level = switch (log.level()) {
            case DEBUG, TRACE, ALL -> Level.DEBUG;
            case WARNING -> Level.WARN;
            case ERROR, OFF -> Level.ERROR;
            case INFO -> Level.INFO;
        };
        context.getLogger("dev.carillon").setLevel(level);
        context.getLogger(Rehearsal.LOG_OF_RUNS).setLevel(Level.OFF);
        context.getLogger("script").setLevel(level);
        // What it has to say we say ourselves, in one sentence.
        context.getLogger("io.javalin").setLevel(Level.OFF);
        // Every exit of a process is not news.
        context.getLogger("java.lang.Runtime").setLevel(Level.ERROR);
        context.getLogger("java.lang.ProcessBuilder").setLevel(Level.ERROR);
    }

    private static Encoder<ILoggingEvent> encoder(Configuration.Log.Format format, LoggerContext context) {
        if (format == Configuration.Log.Format.JSON) {
            var json = new JsonEncoder();
            json.setContext(context);
            json.setWithFormattedMessage(true);
            json.setWithContext(false);
            json.setWithSequenceNumber(false);
            json.setWithNanoseconds(false);
            json.start();
            return json;
        }
        var lines = new PatternLayoutEncoder();
        lines.setContext(context);
        lines.setPattern("%d{HH:mm:ss.SSS} %-5level %kvp{NONE} %msg%n");
        lines.start();
        return lines;
    }
}
