package dev.carillon.scheduler;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.dataformat.yaml.YAMLFactory;

/** A YAML text as a tree whose nodes know where they stand. */
sealed interface YamlTree {
    /** Where it begins. */
    Place place();

    /** Line and column from 1; 0 for what came from the environment or a flag. */
    record Place(String source, int line, int column) {
        @Override
        public String toString() {
            return line == 0 ? source : source + ":" + line + ":" + column;
        }
    }

    /** @param value String, Boolean, Long, Double, or null */
    record Scalar(@Nullable Object value, Place place) implements YamlTree {
        @Override
        public String toString() {
            return String.valueOf(value);
        }
    }

    record Sequence(List<YamlTree> items, Place place) implements YamlTree {}

    record Mapping(Map<String, Entry> entries, Place place) implements YamlTree {}

    /** @param place of the key */
    record Entry(YamlTree value, Place place) {}

    /**
     * @param problems gets a line for a key that stands twice
     * @throws ConfigurationException if it is no YAML
     */
    static YamlTree parse(String text, String source, List<String> problems) {
        var factory = YAMLFactory.builder().build();
        try (var parser = factory.createParser(tools.jackson.core.ObjectReadContext.empty(), text)) {
            var token = parser.nextToken();
            if (token == null) {
                return new Mapping(Map.of(), new Place(source, 1, 1));
            }
            return read(parser, token, source, problems);
        } catch (JacksonException e) {
            throw new ConfigurationException(List.of(
                    place(source, e.getLocation()) + ": not readable as YAML: " + firstLine(e.getOriginalMessage())
                            + "; indent with blanks, not tabs, and quote texts that hold ': '"));
        }
    }

    private static YamlTree read(JsonParser parser, JsonToken token, String source, List<String> problems) {
        var place = place(source, parser.currentTokenLocation());
        return switch (token) {
            case START_OBJECT -> {
                var entries = new LinkedHashMap<String, Entry>();
                while (parser.nextToken() != JsonToken.END_OBJECT) {
                    var keyPlace = place(source, parser.currentTokenLocation());
                    var key = parser.currentName();
                    var value = read(parser, parser.nextToken(), source, problems);
                    if (entries.put(key, new Entry(value, keyPlace)) != null) {
                        problems.add(keyPlace + ": key '" + key + "' stands here a second time: remove one");
                    }
                }
                yield new Mapping(entries, place);
            }
            case START_ARRAY -> {
                var items = new ArrayList<YamlTree>();
                for (var next = parser.nextToken(); next != JsonToken.END_ARRAY; next = parser.nextToken()) {
                    items.add(read(parser, next, source, problems));
                }
                yield new Sequence(items, place);
            }
            case VALUE_TRUE -> new Scalar(Boolean.TRUE, place);
            case VALUE_FALSE -> new Scalar(Boolean.FALSE, place);
            case VALUE_NULL -> new Scalar(null, place);
            case VALUE_NUMBER_INT -> new Scalar(parser.getLongValue(), place);
            case VALUE_NUMBER_FLOAT -> new Scalar(parser.getDoubleValue(), place);
            default -> new Scalar(parser.getString(), place);
        };
    }

    private static Place place(String source, @Nullable TokenStreamLocation location) {
        return location == null
                ? new Place(source, 0, 0)
                : new Place(source, location.getLineNr(), location.getColumnNr());
    }

    private static String firstLine(@Nullable String text) {
        return text == null ? "" : text.lines().findFirst().orElse("");
    }
}
