package dateline.analysis;

import java.io.Reader;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.apache.lucene.analysis.CharArraySet;
import org.apache.lucene.analysis.LowerCaseFilter;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.ar.ArabicNormalizationFilter;
import org.apache.lucene.analysis.bn.BengaliNormalizationFilter;
import org.apache.lucene.analysis.charfilter.MappingCharFilter;
import org.apache.lucene.analysis.charfilter.NormalizeCharMap;
import org.apache.lucene.analysis.cjk.CJKBigramFilter;
import org.apache.lucene.analysis.cjk.CJKWidthFilter;
import org.apache.lucene.analysis.ckb.SoraniNormalizationFilter;
import org.apache.lucene.analysis.core.DecimalDigitFilter;
import org.apache.lucene.analysis.core.FlattenGraphFilter;
import org.apache.lucene.analysis.de.GermanNormalizationFilter;
import org.apache.lucene.analysis.el.GreekLowerCaseFilter;
import org.apache.lucene.analysis.fa.PersianNormalizationFilter;
import org.apache.lucene.analysis.ga.IrishLowerCaseFilter;
import org.apache.lucene.analysis.hi.HindiNormalizationFilter;
import org.apache.lucene.analysis.in.IndicNormalizationFilter;
import org.apache.lucene.analysis.miscellaneous.ASCIIFoldingFilter;
import org.apache.lucene.analysis.miscellaneous.WordDelimiterGraphFilter;
import org.apache.lucene.analysis.miscellaneous.WordDelimiterIterator;
import org.apache.lucene.analysis.pattern.PatternReplaceCharFilter;
import org.apache.lucene.analysis.sr.SerbianNormalizationFilter;
import org.apache.lucene.analysis.th.ThaiTokenizer;
import org.apache.lucene.analysis.tr.ApostropheFilter;
import org.apache.lucene.analysis.tr.TurkishLowerCaseFilter;
import org.apache.lucene.analysis.util.ElisionFilter;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.index.analysis.CharFilterFactory;
import org.elasticsearch.index.analysis.NormalizingCharFilterFactory;
import org.elasticsearch.index.analysis.NormalizingTokenFilterFactory;
import org.elasticsearch.index.analysis.TokenFilterFactory;
import org.elasticsearch.index.analysis.TokenizerFactory;
import org.elasticsearch.indices.analysis.AnalysisModule.AnalysisProvider;
import org.elasticsearch.plugins.AnalysisPlugin;
import org.elasticsearch.plugins.Plugin;

/**
 * What schemas/analysis.py names of Elasticsearch's module analysis-common, under the same names and with the same options, for
 * a server that comes without the module but with the Lucene classes behind it.
 */
public final class DatelineAnalysis extends Plugin implements AnalysisPlugin {

    /** Filters that change letters only: prefixes and wildcards of queries go through them too. */
    private static final Map<String, Function<Settings, UnaryOperator<TokenStream>>> LETTERS = Map.ofEntries(
        Map.entry("arabic_normalization", s -> ArabicNormalizationFilter::new),
        Map.entry("asciifolding", s -> ASCIIFoldingFilter::new),
        Map.entry("bengali_normalization", s -> BengaliNormalizationFilter::new),
        Map.entry("cjk_width", s -> CJKWidthFilter::new),
        Map.entry("decimal_digit", s -> DecimalDigitFilter::new),
        Map.entry("elision", DatelineAnalysis::elision),
        Map.entry("german_normalization", s -> GermanNormalizationFilter::new),
        Map.entry("hindi_normalization", s -> HindiNormalizationFilter::new),
        Map.entry("indic_normalization", s -> IndicNormalizationFilter::new),
        Map.entry("lowercase", DatelineAnalysis::lowercase),
        Map.entry("persian_normalization", s -> PersianNormalizationFilter::new),
        Map.entry("serbian_normalization", s -> SerbianNormalizationFilter::new),
        Map.entry("sorani_normalization", s -> SoraniNormalizationFilter::new));

    private static final Map<String, Function<Settings, UnaryOperator<TokenStream>>> WORDS = Map.of(
        "apostrophe", s -> ApostropheFilter::new,
        "cjk_bigram", s -> CJKBigramFilter::new,
        "flatten_graph", s -> FlattenGraphFilter::new,
        "stemmer", s -> Stemmers.called(s.get("language", "")),
        "word_delimiter_graph", DatelineAnalysis::parts);

    /** Those that are nothing without settings: the server makes one of each other type by itself. */
    private static final Set<String> CONFIGURED = Set.of("elision", "mapping", "pattern_replace", "stemmer");

    @Override
    public Map<String, AnalysisProvider<TokenFilterFactory>> getTokenFilters() {
        Map<String, AnalysisProvider<TokenFilterFactory>> all = new HashMap<>();
        LETTERS.forEach((type, make) -> add(all, type, (index, env, name, settings) -> {
            var filter = make.apply(settings);
            return new NormalizingTokenFilterFactory() {
                @Override public String name() { return name; }
                @Override public TokenStream create(TokenStream in) { return filter.apply(in); }
                @Override public TokenStream normalize(TokenStream in) { return filter.apply(in); }
            };
        }));
        WORDS.forEach((type, make) -> add(all, type, (index, env, name, settings) -> {
            var filter = make.apply(settings);
            return new TokenFilterFactory() {
                @Override public String name() { return name; }
                @Override public TokenStream create(TokenStream in) { return filter.apply(in); }
            };
        }));
        return all;
    }

    @Override
    public Map<String, AnalysisProvider<TokenizerFactory>> getTokenizers() {
        return Map.of("thai", (index, env, name, settings) -> TokenizerFactory.newFactory(name, ThaiTokenizer::new));
    }

    @Override
    public Map<String, AnalysisProvider<CharFilterFactory>> getCharFilters() {
        Map<String, AnalysisProvider<CharFilterFactory>> all = new HashMap<>();
        add(all, "mapping", (index, env, name, settings) -> {
            return characters(name, mapping(settings.getAsList("mappings")));
        });
        add(all, "pattern_replace", (index, env, name, settings) -> {
            Pattern pattern = Pattern.compile(settings.get("pattern"));
            String replacement = settings.get("replacement", "");
            return characters(name, in -> new PatternReplaceCharFilter(pattern, replacement, in));
        });
        return all;
    }

    private static <T> void add(Map<String, AnalysisProvider<T>> all, String type, AnalysisProvider<T> provider) {
        all.put(type, CONFIGURED.contains(type) ? AnalysisPlugin.requiresAnalysisSettings(provider) : provider);
    }

    private static CharFilterFactory characters(String name, UnaryOperator<Reader> filter) {
        return new NormalizingCharFilterFactory() {
            @Override public String name() { return name; }
            @Override public Reader create(Reader in) { return filter.apply(in); }
            @Override public Reader normalize(Reader in) { return filter.apply(in); }
        };
    }

    private static UnaryOperator<Reader> mapping(List<String> listed) {
        Map<String, String> rules = new HashMap<>();
        for (String rule : listed) {
            int arrow = rule.lastIndexOf("=>");
            if (arrow < 1) {
                throw new IllegalArgumentException("not a mapping: [" + rule + "]");
            }
            String from = rule.substring(0, arrow).trim();
            if (rules.put(from, rule.substring(arrow + 2).trim()) != null) {
                throw new IllegalArgumentException("mapped twice: [" + from + "]");
            }
        }
        LettersCharFilter.Table letters = LettersCharFilter.Table.of(rules);
        if (letters != null) {
            return in -> new LettersCharFilter(letters, in);
        }
        var builder = new NormalizeCharMap.Builder();
        rules.forEach(builder::add);
        NormalizeCharMap map = builder.build();
        return in -> new MappingCharFilter(map, in);
    }

    private static UnaryOperator<TokenStream> elision(Settings s) {
        var articles = new CharArraySet(s.getAsList("articles"), s.getAsBoolean("articles_case", false));
        return in -> new ElisionFilter(in, articles);
    }

    private static UnaryOperator<TokenStream> lowercase(Settings s) {
        return switch (s.get("language", "")) {
            case "" -> LowerCaseFilter::new;
            case "greek" -> GreekLowerCaseFilter::new;
            case "irish" -> IrishLowerCaseFilter::new;
            case "turkish" -> TurkishLowerCaseFilter::new;
            default -> throw new IllegalArgumentException("unknown lowercase language [" + s.get("language") + "]");
        };
    }

    private static UnaryOperator<TokenStream> parts(Settings s) {
        int flags = flag(s, "generate_word_parts", true, WordDelimiterGraphFilter.GENERATE_WORD_PARTS)
            | flag(s, "generate_number_parts", true, WordDelimiterGraphFilter.GENERATE_NUMBER_PARTS)
            | flag(s, "catenate_words", false, WordDelimiterGraphFilter.CATENATE_WORDS)
            | flag(s, "catenate_numbers", false, WordDelimiterGraphFilter.CATENATE_NUMBERS)
            | flag(s, "catenate_all", false, WordDelimiterGraphFilter.CATENATE_ALL)
            | flag(s, "split_on_case_change", true, WordDelimiterGraphFilter.SPLIT_ON_CASE_CHANGE)
            | flag(s, "split_on_numerics", true, WordDelimiterGraphFilter.SPLIT_ON_NUMERICS)
            | flag(s, "preserve_original", false, WordDelimiterGraphFilter.PRESERVE_ORIGINAL)
            | flag(s, "stem_english_possessive", true, WordDelimiterGraphFilter.STEM_ENGLISH_POSSESSIVE);
        boolean adjust = s.getAsBoolean("adjust_offsets", true);
        return in -> new WordDelimiterGraphFilter(in, adjust, WordDelimiterIterator.DEFAULT_WORD_DELIM_TABLE, flags, null);
    }

    private static int flag(Settings s, String name, boolean usual, int flag) {
        return s.getAsBoolean(name, usual) ? flag : 0;
    }
}
