package dateline.analysis;

import java.io.IOException;
import java.io.Reader;
import java.util.Map;
import org.apache.lucene.analysis.charfilter.BaseCharFilter;

/**
 * Single characters, each to another one or to none. The text and the offsets are those of Lucene's MappingCharFilter, which asks
 * an automaton about every character and takes longer than the tokenizer.
 */
final class LettersCharFilter extends BaseCharFilter {
    /** What becomes of a character that is left out. */
    private static final int NONE = -1;

    /** What becomes of characters, a page for each 256 of them; absent where all are themselves. */
    static final class Table {
        private final int[][] pages = new int[256][];

        /** Null where a rule is of more than one character: then it is not for this filter. */
        static Table of(Map<String, String> rules) {
            Table table = new Table();
            for (var rule : rules.entrySet()) {
                String from = rule.getKey();
                String to = rule.getValue();
                if (from.length() != 1 || to.length() > 1) {
                    return null;
                }
                table.put(from.charAt(0), to.isEmpty() ? NONE : to.charAt(0));
            }
            return table;
        }

        private void put(char from, int to) {
            int number = from >> 8;
            if (pages[number] == null) {
                pages[number] = new int[256];
                for (int low = 0; low < 256; low++) {
                    pages[number][low] = number << 8 | low;
                }
            }
            pages[number][from & 0xFF] = to;
        }
    }

    private final int[][] pages;
    private int written;
    private int removed;

    LettersCharFilter(Table table, Reader in) {
        super(in);
        pages = table.pages;
    }

    @Override
    public int read(char[] buffer, int offset, int length) throws IOException {
        while (true) {
            int count = input.read(buffer, offset, length);
            if (count <= 0) {
                return count;
            }
            int to = offset;
            for (int from = offset; from < offset + count; from++) {
                int[] page = pages[buffer[from] >> 8];
                int letter = page == null ? buffer[from] : page[buffer[from] & 0xFF];
                if (letter != NONE) {
                    buffer[to++] = (char) letter;
                } else {
                    addOffCorrectMap(written + to - offset, ++removed);
                }
            }
            written += to - offset;
            if (to > offset) {
                return to - offset;
            }
        }
    }

    @Override
    public int read() throws IOException {
        char[] one = new char[1];
        return read(one, 0, 1) < 0 ? -1 : one[0];
    }
}
