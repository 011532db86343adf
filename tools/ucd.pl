#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# Writes stdlib/unicode/ucd.def, the facts about code points that package unicode, strconv and fmt need, from the Unicode
# database that comes with perl:
#
#     perl tools/ucd.pl > stdlib/unicode/ucd.def
use strict;
use warnings;
use Unicode::UCD qw(prop_invmap);

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

# Runs of one value: MACRO(first, value); the last run ends the code space.
sub runs {
    my ($macro, $property) = @_;
    my ($starts, $values, $format) = prop_invmap($property);
    for my $i (0 .. $#$starts) {
        next if $starts->[$i] > 0x10FFFF;
        item(sprintf "%s(0x%X,%s)", $macro, $starts->[$i], $values->[$i]);
    }
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

section("Scripts: SCRIPT(first, name)");
runs("SCRIPT", "Script");

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
