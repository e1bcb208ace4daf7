package dateline.analysis;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.ar.ArabicStemFilter;
import org.apache.lucene.analysis.bg.BulgarianStemFilter;
import org.apache.lucene.analysis.bn.BengaliStemFilter;
import org.apache.lucene.analysis.ckb.SoraniStemFilter;
import org.apache.lucene.analysis.cz.CzechStemFilter;
import org.apache.lucene.analysis.de.GermanLightStemFilter;
import org.apache.lucene.analysis.el.GreekStemFilter;
import org.apache.lucene.analysis.en.PorterStemFilter;
import org.apache.lucene.analysis.es.SpanishLightStemFilter;
import org.apache.lucene.analysis.fa.PersianStemFilter;
import org.apache.lucene.analysis.fr.FrenchLightStemFilter;
import org.apache.lucene.analysis.gl.GalicianStemFilter;
import org.apache.lucene.analysis.hi.HindiStemFilter;
import org.apache.lucene.analysis.id.IndonesianStemFilter;
import org.apache.lucene.analysis.lv.LatvianStemFilter;
import org.apache.lucene.analysis.no.NorwegianLightStemFilterFactory;
import org.apache.lucene.analysis.pt.PortugueseLightStemFilter;
import org.apache.lucene.analysis.snowball.SnowballFilter;

/** Which Lucene class stands behind the name that a full Elasticsearch gives to a stemmer. */
final class Stemmers {
    private Stemmers() {}

    private static final Map<String, UnaryOperator<TokenStream>> OWN = Map.ofEntries(
        Map.entry("arabic", ArabicStemFilter::new),
        Map.entry("bengali", BengaliStemFilter::new),
        Map.entry("bulgarian", BulgarianStemFilter::new),
        Map.entry("czech", CzechStemFilter::new),
        Map.entry("english", PorterStemFilter::new),
        Map.entry("galician", GalicianStemFilter::new),
        Map.entry("greek", GreekStemFilter::new),
        Map.entry("hindi", HindiStemFilter::new),
        Map.entry("indonesian", IndonesianStemFilter::new),
        Map.entry("latvian", LatvianStemFilter::new),
        Map.entry("light_french", FrenchLightStemFilter::new),
        Map.entry("light_german", GermanLightStemFilter::new),
        Map.entry("light_nynorsk", new NorwegianLightStemFilterFactory(new HashMap<>(Map.of("variant", "nn")))::create),
        Map.entry("light_portuguese", PortugueseLightStemFilter::new),
        Map.entry("light_spanish", SpanishLightStemFilter::new),
        Map.entry("persian", PersianStemFilter::new),
        Map.entry("sorani", SoraniStemFilter::new));

    private static final Set<String> SNOWBALL = Set.of(
        "armenian", "basque", "catalan", "danish", "dutch", "estonian", "finnish", "hungarian", "irish", "italian", "lithuanian", "norwegian",
        "romanian", "russian", "serbian", "swedish", "turkish");

    /** An unknown one is refused when the index is made, not at the first document. */
    static UnaryOperator<TokenStream> called(String language) {
        UnaryOperator<TokenStream> own = OWN.get(language);
        if (own != null) {
            return own;
        }
        if (!SNOWBALL.contains(language)) {
            throw new IllegalArgumentException("unknown stemmer language [" + language + "]");
        }
        String name = Character.toUpperCase(language.charAt(0)) + language.substring(1);
        return in -> new SnowballFilter(in, name);
    }
}
