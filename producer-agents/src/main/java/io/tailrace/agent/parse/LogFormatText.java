package io.tailrace.agent.parse;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Takes a log format out of the directive and the quotes that it has in a server's configuration. */
final class LogFormatText {
    private static final String STRING = "\"(?:[^\"\\\\]|\\\\.)*\"";
    /** The quotes of a format may have lost their backslashes in a properties file. */
    private static final Pattern APACHE_DIRECTIVE = Pattern.compile(
            "\\s*(?:LogFormat|(?:Custom|Global)Log\\s+(?:" + STRING + "|\\S+))\\s+(?:(?:(?<format>" + STRING
                    + ")|(?<name>[\\w-]+))(?:\\s+(?:" + STRING + "|[^\"\\s])+)*|(?<loose>\".*\")\\s*\\S*)\\s*",
            Pattern.CASE_INSENSITIVE);

    private static final Pattern DIRECTIVE = Pattern.compile(
            "\\s*(LogFormat|CustomLog|GlobalLog|TransferLog|log_format|access_log)\\s.*",
            Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
    private static final Pattern NGINX_DIRECTIVE =
            Pattern.compile("\\s*log_format\\s+\\S+\\s+(?:escape=\\w+\\s+)?(.*?);?\\s*", Pattern.DOTALL);
    private static final Pattern QUOTED =
            Pattern.compile("\\s*(?:'((?:[^'\\\\]|\\\\.)*)'|\"((?:[^\"\\\\]|\\\\.)*)\")", Pattern.DOTALL);

    private LogFormatText() {}

    static String unquoted(String text) {
        Matcher apache = APACHE_DIRECTIVE.matcher(text);
        if (apache.matches()) {
            String name = apache.group("name");
            String quoted = apache.group(apache.group("format") == null ? "loose" : "format");
            return name == null ? withoutEscapes(inside(quoted)) : name;
        }
        Matcher nginx = NGINX_DIRECTIVE.matcher(text);
        if (nginx.matches()) {
            return withoutEscapes(joined(nginx.group(1)));
        }
        Matcher directive = DIRECTIVE.matcher(text);
        if (directive.matches()) {
            throw new IllegalArgumentException("log format " + text.strip() + ": cannot read this " + directive.group(1)
                    + ": paste the format alone, without quotes around it");
        }
        String format = text.strip();
        if (format.startsWith("'")) {
            return withoutEscapes(joined(format));
        }
        Matcher quoted = QUOTED.matcher(format);
        return withoutEscapes(quoted.matches() ? inside(format) : format);
    }

    private static String inside(String quoted) {
        return quoted.substring(1, quoted.length() - 1);
    }

    /** Joins the strings of {@code 'a' 'b'}, in single or double quotes. */
    private static String joined(String strings) {
        StringBuilder joined = new StringBuilder();
        Matcher each = QUOTED.matcher(strings);
        int end = 0;
        while (each.find(end) && each.start() == end) {
            joined.append(each.group(1) == null ? each.group(2) : each.group(1));
            end = each.end();
        }
        if (!strings.substring(end).isBlank()) {
            throw new IllegalArgumentException("log format " + strings + ": expected strings in quotes, found "
                    + strings.substring(end).strip());
        }
        return joined.toString();
    }

    /** A backslash protects a quote where the configuration puts the format in quotes. In the log there is only the quote. */
    private static String withoutEscapes(String format) {
        StringBuilder plain = new StringBuilder();
        for (int at = 0; at < format.length(); at++) {
            char c = format.charAt(at);
            if (c == '\\' && at + 1 < format.length() && "\"'\\t".indexOf(format.charAt(at + 1)) >= 0) {
                at++;
                plain.append(format.charAt(at) == 't' ? '\t' : format.charAt(at));
            } else {
                plain.append(c);
            }
        }
        return plain.toString();
    }
}
