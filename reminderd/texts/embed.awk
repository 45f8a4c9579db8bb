# A file of texts as the C string that the program has built in; comments stay behind.
BEGIN {
  print "#include \"mail_texts.h\"\n\nconst char mail_texts_english[] ="
}
!/^#/ {
  gsub(/\\/, "\\\\")
  gsub(/"/, "\\\"")
  print "\t\"" $0 "\\n\""
}
END {
  print "\t;"
}
