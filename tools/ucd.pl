#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# Writes the facts about code points that package unicode, strconv and fmt need, from the Unicode database that comes with
# perl: what a code point is (ucd.def), the sets of code points (sets.def), and package unicode's names for them
# (tables.mgo):
#
#     perl tools/ucd.pl > stdlib/unicode/ucd.def
#     perl tools/ucd.pl sets > stdlib/unicode/sets.def
#     perl tools/ucd.pl tables > stdlib/unicode/tables.mgo
use strict;
use warnings;
use Unicode::UCD qw(prop_invmap prop_invlist prop_values prop_value_aliases);

my $column = 0;

sub item {
    my ($text) = @_;
    print $column ? " " : "", $text;
    $column += length($text) + 1;
    if ($column > 90) { print "\n"; $column = 0 }
}

sub section {
    print "\n" if $column;
    $column = 0;
    print "\n/* $_[0] */\n";
}

# Mappings: MACRO(first, last, image of first); consecutive code points have consecutive images.
sub mappings {
    my ($macro, $property) = @_;
    my ($starts, $values) = prop_invmap($property);
    my %image;
    for my $i (0 .. $#$starts) {
        next if !$values->[$i] || ref $values->[$i];
        my $last = $i < $#$starts ? $starts->[$i + 1] - 1 : 0x10FFFF;
        item(sprintf "%s(0x%X,0x%X,0x%X)", $macro, $starts->[$i], $last, $values->[$i]);
        $image{$_} = $values->[$i] + $_ - $starts->[$i] for $starts->[$i] .. $last;
    }
    return \%image;
}

# ---- Sets ----
#
# A set is a string with a bit for each code point.

my $LAST = 0x10FFFF;

sub set_of_runs {
    my $set = "";
    vec($set, $LAST, 1) = 0;
    while (my ($from, $to) = splice @_, 0, 2) {
        vec($set, $_, 1) = 1 for $from .. ($to // $LAST + 1) - 1;
    }
    return $set;
}

sub property { return set_of_runs(prop_invlist($_[0])) }

sub less { my ($a, $b) = @_; vec($b, $LAST, 1) = vec($b, $LAST, 1); return $a & ~$b }

sub members {
    my ($set) = @_;
    my $bits = unpack "b*", $set;
    my @list;
    push @list, pos($bits) - 1 while $bits =~ /1/g;
    return @list;
}

# The ranges [low, high, stride] of a set: as long as neighbours have the same distance, they are one range.
sub ranges {
    my @ranges;
    for my $rune (members($_[0])) {
        my $top = $ranges[-1];
        if ($top && $top->[0] == $top->[1] && !($rune > 0xFFFF && $top->[1] <= 0xFFFF)) {
            @$top[1, 2] = ($rune, $rune - $top->[0]);
        } elsif ($top && $rune - $top->[1] == $top->[2] && !($rune > 0xFFFF && $top->[1] <= 0xFFFF)) {
            $top->[1] = $rune;
        } else {
            push @ranges, [$rune, $rune, 1];
        }
    }
    return @ranges;
}

my (%set, %kind, %alias); # by name
my (@categories, @scripts, @properties, @folds);

sub make_sets {
    for my $short (prop_values("gc")) {
        my ($name) = prop_value_aliases("gc", $short);
        push @categories, $name;
        $set{$name} = property("gc=$name");
    }
    for my $script (prop_values("sc")) {
        my $name = (prop_value_aliases("sc", $script))[1];
        next if !$name || $name =~ /^(Unknown|Katakana_Or_Hiragana)$/;
        push @scripts, $name;
        $set{$name} = property("sc=$script");
    }
    @properties = qw(ASCII_Hex_Digit Bidi_Control Dash Deprecated Diacritic Extender Hex_Digit Hyphen IDS_Binary_Operator
      IDS_Trinary_Operator Ideographic Join_Control Logical_Order_Exception Noncharacter_Code_Point Pattern_Syntax
      Pattern_White_Space Prepended_Concatenation_Mark Quotation_Mark Radical Regional_Indicator Sentence_Terminal
      Soft_Dotted Terminal_Punctuation Unified_Ideograph Variation_Selector White_Space);
    $set{$_} = property($_) for @properties;
    # What perl does not tell follows from the definitions of the properties that these contribute to.
    my %other = (
        Other_Alphabetic => less(property("Alphabetic"),
            $set{L} | $set{Nl}),
        Other_Default_Ignorable_Code_Point => less(property("Default_Ignorable_Code_Point"), $set{Cf} | $set{Variation_Selector}),
        Other_Grapheme_Extend => less(property("Grapheme_Extend"), $set{Me} | $set{Mn}),
        Other_ID_Start        => less(property("ID_Start"), $set{L} | $set{Nl}),
        Other_ID_Continue     => less(property("ID_Continue"), property("ID_Start") | $set{Mn} | $set{Mc} | $set{Nd} | $set{Pc}),
        Other_Lowercase       => less(property("Lowercase"), $set{Ll}),
        Other_Uppercase       => less(property("Uppercase"), $set{Lu}),
        Other_Math            => less(property("Math"), $set{Sm}),
    );
    $set{$_} = $other{$_} for keys %other;
    @properties = sort @properties, keys %other;
    @scripts = sort @scripts;
    @categories = sort @categories;
    make_fold_sets();
    $kind{$_} = "PROPERTY" for @properties;
    $kind{$_} = "SCRIPT" for @scripts;
    $kind{$_} = "CATEGORY" for @categories;
    $kind{"fold$_"} = length() <= 2 ? "FOLD_CATEGORY" : "FOLD_SCRIPT" for @folds;
    for my $name (@categories) {
        my (undef, @others) = prop_value_aliases("gc", $name);
        $alias{ /^(Cntrl|Digit|Punct)$/ ? lc : $_ } = $name for @others;
    }
}

# What lies outside of a category or script and differs only in case from one of its members.
sub make_fold_sets {
    my ($starts, $values) = prop_invmap("Simple_Case_Folding");
    my %alike;
    for my $i (0 .. $#$starts) {
        next if !$values->[$i] || ref $values->[$i];
        for my $rune ($starts->[$i] .. $starts->[$i + 1] - 1) {
            my $fold = $values->[$i] + $rune - $starts->[$i];
            $alike{$fold}{$_} = 1 for $fold, $rune;
        }
    }
    for my $name (@categories, @scripts) {
        next if $name eq "LC";
        my @runs;
        for my $circle (values %alike) {
            my @in = grep { vec($set{$name}, $_, 1) } keys %$circle;
            push @runs, map { ($_, $_ + 1) } grep { !vec($set{$name}, $_, 1) } keys %$circle if @in;
        }
        next if !@runs;
        push @folds, $name;
        $set{"fold$name"} = set_of_runs(@runs);
    }
}

sub write_sets {
    print "/* Sets of code points, from the Unicode database ", Unicode::UCD::UnicodeVersion(), ", written by tools/ucd.pl. Of each set first the ranges\n",
      "   below 0x10000, R16(low, high, stride), then the others, R32; then SET(kind, name, number of the first, ranges below 0x100,\n",
      "   ranges, R32s before, R32s). Sorted by name. */\n";
    my ($first16, $first32) = (0, 0);
    for my $name (sort keys %set) {
        my @ranges = ranges($set{$name});
        my @small = grep { $_->[0] <= 0xFFFF } @ranges;
        my @large = grep { $_->[0] > 0xFFFF } @ranges;
        my $latin = grep { $_->[1] <= 0xFF } @small;
        item(sprintf "R16(0x%X,0x%X,%d)", @$_) for @small;
        item(sprintf "R32(0x%X,0x%X,%d)", @$_) for @large;
        print "\n" if $column;
        $column = 0;
        printf "SET(%s, %s, %d, %d, %d, %d, %d)\n", $kind{$name}, $name, $first16, $latin, scalar @small, $first32, scalar @large;
        $first16 += @small;
        $first32 += @large;
    }
    print "\n/* Other names of categories: ALIAS(name, category) */\n";
    item("ALIAS($_,$alias{$_})") for sort keys %alias;
    print "\n" if $column;
    $column = 0;
    print "\n/* Case ranges: CASE(low, high, delta to upper, to lower, to title); where cases alternate, the deltas are ALTERNATE. */\n";
    write_case_ranges();
}

sub write_case_ranges {
    my (%delta, @ranges);
    my @properties = ("Simple_Uppercase_Mapping", "Simple_Lowercase_Mapping", "Simple_Titlecase_Mapping");
    for my $case (0 .. 2) {
        my ($starts, $values) = prop_invmap($properties[$case]);
        for my $i (0 .. $#$starts) {
            next if !$values->[$i] || ref $values->[$i];
            for my $rune ($starts->[$i] .. $starts->[$i + 1] - 1) {
                $delta{$rune} //= [0, 0, 0];
                $delta{$rune}[$case] = $values->[$i] - $starts->[$i];
            }
        }
    }
    for my $rune (sort { $a <=> $b } keys %delta) {
        my $d = join ",", @{ $delta{$rune} };
        my $top = $ranges[-1];
        my $upper = $d eq "0,1,0";
        if ($top && $top->[1] + 1 == $rune && $top->[2] eq $d && !$upper && $d ne "-1,0,-1") {
            $top->[1] = $rune;
        } elsif ($top && $top->[1] + 1 == $rune && $d eq "-1,0,-1" && $top->[0] == $top->[1] && $top->[2] eq "0,1,0") {
            @$top[1, 2] = ($rune, "ALTERNATE,ALTERNATE,ALTERNATE");
        } elsif ($top && $top->[1] + 1 == $rune && $top->[2] =~ /^ALT/
            && (($rune - $top->[0]) % 2 ? $d eq "-1,0,-1" : $upper && ($delta{ $rune + 1 } && "@{$delta{$rune+1}}" eq "-1 0 -1"))) {
            $top->[1] = $rune;
        } else {
            push @ranges, [$rune, $rune, $d];
        }
    }
    item(sprintf "CASE(0x%X,0x%X,%s)", @$_) for @ranges;
    print "\n" if $column;
}

sub write_variables {
    my ($comment, %names) = @_;
    my $width = 0;
    for (keys %names) { $width = length if length > $width }
    print "\n// $comment\nvar (\n";
    printf "\t%-*s = table(\"%s\")\n", $width, $_, $names{$_} for sort keys %names;
    print ")\n";
}

sub write_tables {
    my %long = (Digit => "Nd", Letter => "L", Lower => "Ll", Mark => "M", Number => "N", Other => "C", Punct => "P",
        Space => "Z", Symbol => "S", Title => "Lt", Upper => "Lu");
    print "// Written by tools/ucd.pl.\n\npackage unicode\n";
    print "\n// Version is the edition of Unicode that the tables follow.\nconst Version = \"", Unicode::UCD::UnicodeVersion(), "\"\n";
    write_variables("The general categories of Unicode, as sets of code points.", %long, map { $_ => $_ } @categories);
    write_variables("The scripts of Unicode, as sets of code points.", map { $_ => $_ } @scripts);
    write_variables("Properties of Unicode, as sets of code points. STerm is an old name of Sentence_Terminal.",
        STerm => "Sentence_Terminal", map { $_ => $_ } @properties);
}

if (@ARGV) {
    make_sets();
    $ARGV[0] eq "sets" ? write_sets() : write_tables();
    exit;
}

print "/* Facts about code points, from the Unicode database ", Unicode::UCD::UnicodeVersion(), ", written by tools/ucd.pl. */\n";

section("General categories: CATEGORY(first, name)");
{
    my ($starts, $values) = prop_invmap("General_Category");
    my %short = (
        Uppercase_Letter => "Lu", Lowercase_Letter => "Ll", Titlecase_Letter => "Lt", Modifier_Letter => "Lm",
        Other_Letter => "Lo", Nonspacing_Mark => "Mn", Spacing_Mark => "Mc", Enclosing_Mark => "Me",
        Decimal_Number => "Nd", Letter_Number => "Nl", Other_Number => "No", Connector_Punctuation => "Pc",
        Dash_Punctuation => "Pd", Open_Punctuation => "Ps", Close_Punctuation => "Pe",
        Initial_Punctuation => "Pi", Final_Punctuation => "Pf", Other_Punctuation => "Po", Math_Symbol => "Sm",
        Currency_Symbol => "Sc", Modifier_Symbol => "Sk", Other_Symbol => "So", Space_Separator => "Zs",
        Line_Separator => "Zl", Paragraph_Separator => "Zp", Control => "Cc", Format => "Cf",
        Surrogate => "Cs", Private_Use => "Co", Unassigned => "Cn",
    );
    for my $i (0 .. $#$starts) {
        next if $starts->[$i] > 0x10FFFF;
        item(sprintf "CATEGORY(0x%X,%s)", $starts->[$i], $short{$values->[$i]} // $values->[$i]);
    }
}

section("Simple case mappings: UPPER, LOWER, TITLE, FOLD(first, last, image of first)");
my $upper = mappings("UPPER", "Simple_Uppercase_Mapping");
my $lower = mappings("LOWER", "Simple_Lowercase_Mapping");
mappings("TITLE", "Simple_Titlecase_Mapping");
my $fold = mappings("FOLD", "Simple_Case_Folding");

section("Circles of code points that fold alike, where case mappings do not tell: ORBIT(code point, next)");
my %circle;
push @{ $circle{ $fold->{$_} } }, $_ for keys %$fold;
my %next;
for my $base (keys %circle) {
    my @members = sort { $a <=> $b } ($base, @{ $circle{$base} });
    my ($a, $b) = @members;
    next if @members < 3 && ($lower->{$a} // $upper->{$a} // $a) == $b && ($lower->{$b} // $upper->{$b} // $b) == $a;
    $next{ $members[$_] } = $members[($_ + 1) % @members] for 0 .. $#members;
}
item(sprintf "ORBIT(0x%X,0x%X)", $_, $next{$_}) for sort { $a <=> $b } keys %next;
print "\n" if $column;
