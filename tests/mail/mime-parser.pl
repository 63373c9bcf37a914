# SPDX-License-Identifier: GPL-3.0-or-later
# What Perl's MIME::Parser makes of each file named on the command line: one JSON object a line.
# Texts are told as [charset, bytes in hex], since Perl knows fewer charsets than mails have.
use strict;
use warnings;
use Digest::SHA qw(sha256_hex);
use JSON::PP;
use Mail::Address;
use MIME::Parser;
use MIME::Words qw(decode_mimewords);

my $json = JSON::PP->new->canonical->utf8;

sub words {
    my ($value) = @_;
    return undef unless defined $value;
    $value =~ s/\r?\n([ \t])/$1/g;
    $value =~ s/\s+\z//;
    return [ map { [ $_->[1] // 'utf-8', unpack 'H*', $_->[0] ] } decode_mimewords($value) ];
}

# RFC 2231: pieces in order, the charset once in front.
sub name_of {
    my ($head) = @_;
    my $raw = $head->get('content-disposition', 0) // '';
    my %pieces;
    $raw =~ s/\r?\n[ \t]/ /g;
    while ($raw =~ /filename(?:\*(\d+))?(\*)?=(?:"((?:[^"\\]|\\.)*)"|([^;\s]+))/g) {
        $pieces{ $1 // 0 } = [ defined $3 ? $3 =~ s/\\(.)/$1/gr : $4, $2 ];
    }
    return undef unless %pieces;
    my ($charset, $bytes) = ('utf-8', '');
    for my $n (sort { $a <=> $b } keys %pieces) {
        my ($piece, $encoded) = @{ $pieces{$n} };
        if ($encoded) {
            $charset = $1 if $n == 0 && $piece =~ s/^([^']*)'[^']*'//;
            $piece =~ s/%([0-9A-Fa-f]{2})/chr hex $1/ge;
        }
        $bytes .= $piece;
    }
    return [ $charset, unpack 'H*', $bytes ];
}

sub tree {
    my ($entity) = @_;
    my $head = $entity->head;
    my %part = (type => lc $entity->effective_type);
    if ($part{type} =~ m{^multipart/}) {
        $part{parts} = [ map { tree($_) } $entity->parts ];
        return \%part;
    }
    my $bytes = $entity->bodyhandle->as_string;
    my $name = name_of($head);
    my $cid = $head->get('content-id', 0);
    if (defined $name) {
        $part{name} = $name;
        $part{sha256} = sha256_hex($bytes);
    }
    else {
        my $format = $head->mime_attr('content-type.format');
        $part{format} = $format if defined $format;
        $part{text} = [ $head->mime_attr('content-type.charset') // 'us-ascii', unpack 'H*', $bytes ];
    }
    if (defined $cid) {
        $cid =~ s/\s+\z//;
        $part{cid} = $cid;
    }
    return \%part;
}

# Each with its name, of which the quotes are taken, and its address.
sub people {
    my ($value) = @_;
    return [] unless defined $value;
    $value =~ s/\r?\n([ \t])/$1/g;
    return [ map {
        my $name = $_->phrase // '';
        $name =~ s/\\(.)/$1/g if $name =~ s/\A"(.*)"\z/$1/s;
        [ words($name), $_->address ];
    } Mail::Address->parse($value) ];
}

for my $path (@ARGV) {
    my $parser = MIME::Parser->new;
    $parser->output_to_core(1);
    $parser->tmp_to_core(1);
    my $entity = $parser->parse_open($path);
    my %told = (
        tree     => tree($entity),
        subject  => words($entity->head->get('subject', 0)),
        people   => { map { $_ => people($entity->head->get($_, 0)) } qw(from to cc) },
        problems => [ $parser->results->errors, $parser->results->warnings ],
    );
    print $json->encode(\%told), "\n";
}
